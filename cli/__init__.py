"""The `callward` command: the stack, the demo, the doctor, and small tools on single files."""
