"""The words around credentials told aloud: what asks for one, what leads to it, what shows that none is told."""

from __future__ import annotations

from redaction.lexicon import FILLERS, words

_SECRET = (
    "password", "passphrase", "pass phrase", "pass word", "secret word", "secret phrase", "memorable word",
    "memorable name", "memorable place", "memorable phrase", "memorable information", "safe word", "security word",
    "security phrase", "security answer", "code word", "codeword", "secret answer", "secret question",
    "security question",
    "maiden name", "first pet", "first pet's name", "pet's name", "childhood pet", "first school", "primary school",
    "elementary school", "high school", "first teacher", "first car", "first job", "first employer",
    "childhood friend", "mother's name", "mother's name before marriage", "name before marriage",
    "best friend's name", "childhood nickname", "street you grew up on", "street did you grow up on",
    "city you were born in",
    "city were you born in", "town were you born in", "town you were born in", "place of birth", "birthplace",
    "hint answer", "favourite teacher", "favorite teacher", "favourite book", "favorite book", "favourite film",
    "favorite movie", "favourite movie", "favourite colour", "favorite color", "favourite food", "favorite food",
    "favourite team", "favorite team", "favourite place", "favorite place", "favourite singer", "favourite band",
    "favorite band", "name of your first pet", "name of your school", "honeymoon", "wi-fi key", "wifi key",
    "network key",
    "answer to that", "answer to your security question", "answer to the security question", "answer on file",
    "keyword", "word did you choose", "word you chose", "word you set", "word on file", "word on the account",
    "word for security", "phrase on the account", "voice password", "account word", "access word", "magic word",
    "challenge word", "word you agreed", "word we agreed", "word you picked", "word did you pick", "word did you set",
    "phrase did you choose", "phrase you chose", "phrase you set", "security name", "security keyword",
)  # fmt: skip
_USER = (
    "username", "user name", "user id", "userid", "login", "login id", "login name", "log in id", "logon",
    "log in name", "sign in name", "sign in as", "username of", "screen name", "account name", "profile name",
    "logged in as",
    "signed in as", "log in as", "login as", "user i d", "net id", "windows id", "portal id",
    "member name", "display name", "gamertag", "gamer tag", "online id", "customer login",
)  # fmt: skip
_SOCIAL = (
    "handle", "instagram", "insta", "twitter", "tiktok", "snapchat", "snap", "discord", "telegram",
    "skype id", "skype",
    "skype name", "linkedin", "github", "reddit", "facebook name", "tiktok name", "twitch", "threads", "mastodon",
    "channel name", "find me at", "find me as", "follow me at", "follow us at", "tag me at", "tagged as", "dm me at",
)  # fmt: skip
_KIN = ("mother", "father", "grandmother", "grandfather", "mum", "mom", "dad", "spouse", "partner", "wife")
_FAVOURITES = words(
    "teacher book film movie colour color food team place singer band author actor song artist animal subject "
    "restaurant "
    "holiday destination sport city drink flower game character player club hobby dish dessert season cousin "
    "uncle aunt"
)
_FIRSTS = words(
    "pet school teacher car job employer boss concert phone house street dog cat holiday love kiss computer album"
)
_WITH_VERB = ("password", "username", "login", "passphrase", "user id", "handle", "maiden name", "user name")
PHRASES = (
    *((f"{phrase}'s", "PASSWORD" if phrase in _SECRET else "USERNAME") for phrase in _WITH_VERB),
    *((phrase, "PASSWORD") for phrase in _SECRET),
    *(
        (f"{first} {thing}", "PASSWORD")
        for first in ("favourite", "favorite", "favourite sports")
        for thing in _FAVOURITES
    ),
    *((f"first {thing}", "PASSWORD") for thing in _FIRSTS),
    *((f"first {thing}'s name", "PASSWORD") for thing in _FIRSTS),
    *((f"{kin}'s {which} name", "PASSWORD") for kin in _KIN for which in ("first", "middle", "maiden", "birth")),
    *((phrase, "USERNAME") for phrase in _USER),
    *((phrase, "SOCIAL_HANDLE") for phrase in _SOCIAL),
)
VERBS = words("is was it's its be that's as are called reads will would becomes says to under")
REQUESTS = words(
    "what what's whats tell confirm give need provide spell may have could please enter read say which who where's "
    "share "
    "know get take verify state type repeat remind want like require asking"
)
NO_REQUEST = words(
    "did reset change changed changing forgot forgotten remember never don't update updated set setting sent "
    "send new "
    "expire expired expires email emailed link create created choose how why when where can't cannot won't "
    "isn't wrong"
)
LEAD = FILLERS | words(
    "haan han begins starts read back front gosh god goodness boy man hang moment second minute minutes sec bear "
    "there remind hold gimme honestly "
    "basically literally "
    "lemme recall followed by everything together "
    "it's its is was my the that that's would be yes sure just actually let me see think i'd i say said username "
    "user name "
    "password login id handle answer should um all one word lowercase uppercase lower upper case capital capitals "
    "with a an "
    "probably maybe believe set to should think okay spelled so and it for this both of course pet pet's first "
    "mother's maiden her his our we use called named "
    "then"
)
REFUSED = words(
    "not no in on at the about being never already wrong incorrect correct case required needed expired too very "
    "really "
    "the same same different don't didn't can't couldn't won't haven't isn't doesn't sorry why what how who which "
    "where when "
    "if because reset sent working locked saved stored written secure strong weak long short safe valid invalid "
    "blocked disabled changed fine good bad okay here there gone important optional mandatory confidential "
    "blank empty "
    "something anything nothing somewhere someone still also only always usually last next i you he she forgot "
    "forgotten "
    "know remember lost need needs tried try trying entered typed got mean meant wrote press click go sign open "
    "they we do does did have has had will would could should can may might please hold wait hmm sensitive showing "
    "coming going getting due ready active available correctly under from to into over one's mine yours up down out "
    "unless until but or by between than like just again back stuck failing case-sensitive at least made used using "
    "your my their our his her its them any no-one each every all some such most many few much more less "
    "thank thanks hello hi bye good great perfect alright right there's here's let's let"
)
ENDS = words("and but so if because please okay thanks thank then or for when since though however that's right is")
SIGNS = words(
    "dot at underscore dash hyphen point hash star asterisk slash plus dollar exclamation mark @ sign percent"
)
LINKS = words("and then or")
ANOTHER = words("my his her its it's their that that's this so what's login username password email user can is was")
MARKS = words("dot underscore dash hyphen point hash @")
