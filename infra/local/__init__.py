"""`make up`: the synthesized templates, served on a laptop.

up.py        the one command: engine, deployment, gateway, reload, a clean stop
engine.py    the local engine (ministack) with the corrections it needs; runs in an environment of its own
assembly.py  synthesis, reused while nothing that goes into it has changed
deployer.py  CloudFormation by boto3, from the assembly that `cdk deploy` would ship
gateway.py   plays the edge: final slash, client address, secret header
"""
