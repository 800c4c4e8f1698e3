"""borg check --repository-only where a copy lies, and archives read back from here as much as the budget allows.

Reads:  every segment, by borg on the store's host, on links to its files; borg list, borg extract --dry-run from here
Needs:  store = { host, path }: an account with a shell on that host that may read the files, and borg there; the
        repository's password file here
Blind:  a forger who holds the key; checksums of 32 bits show no forgery: archives read with the key do
"""

from agent.core.collecting.collector import copy_collector, store_host
from collectors.borg import LOOKS, made_with_borg
from collectors.borg.check import collect

COLLECTOR = copy_collector(
    name=LOOKS.store_verification,
    schedule="verify",
    collect=collect,
    host_of=store_host,
    applies=lambda copy: made_with_borg(copy) and copy.store is not None,
)
