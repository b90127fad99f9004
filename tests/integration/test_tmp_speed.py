import time
from conftest import MakeTenant
from eligible import *
from domain.ids import new_id
async def test_speed(make_tenant: MakeTenant) -> None:
    shop = await trainable(make_tenant)
    ws, r = shop.tenant.workspace_id, shop.tenant.resources
    calls = r.database.scoped("calls", ws); reds = r.database.scoped("redactions", ws)
    one = await shop.call(ANNA, BEN)
    call = await calls.find_one({"_id": one}); red = await reds.find_one({"call_id": one})
    indexer = await r.keyring.blind_indexer(ws)
    docs, rs, cons = [], [], []
    await shop.choose(ANNA); await shop.choose(BEN)
    base = (await r.database.scoped("consents", ws).find({}))[0]
    for n in range(4000):
        cid = new_id("call"); a, b = indexer.token(f"+1415555{n:04}"), indexer.token(f"+1416555{n:04}")
        docs.append({**call, "_id": cid, "origin_id": None, "people": [a, b], "parties": [{**call["parties"][0], "people": [a]}, {**call["parties"][1], "people": [b]}]})
        rs.append({**red, "_id": new_id("red"), "call_id": cid})
        cons += [{**base, "_id": new_id("con"), "people": [t], "certain": [t]} for t in (a, b)]
    for i in range(0, 4000, 500):
        await calls.insert_many(docs[i:i+500]); await reds.insert_many(rs[i:i+500]); 
    for i in range(0, 8000, 1000):
        await r.database.scoped("consents", ws).insert_many(cons[i:i+1000])
    now = utc_now()
    for _ in range(2):
        reader = await EligibilityReader.open(r, ws, at=now, policy=POLICY, now=now)
        c0, w0 = time.process_time(), time.perf_counter()
        last, n, ok, tj = "", 0, 0, 0.0
        while page := await calls.find({"_id": {"$gt": last}}, limit=500):
            last = page[-1]["_id"]; c1 = time.process_time()
            got = await reader.judge(page); tj += time.process_time() - c1
            n += len(got); ok += sum(g.reason == "allowed" for g in got)
        print("JUDGED", n, ok, "cpu all", round(time.process_time()-c0, 2), "cpu judge", round(tj, 2), "wall", round(time.perf_counter()-w0, 2), "calls/s cpu", round(n/tj))
