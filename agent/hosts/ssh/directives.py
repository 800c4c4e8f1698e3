"""Directives of ssh_config(5), up to OpenSSH 10: the honoured, the refused, and those that change nothing here.

`PubkeyAcceptedAlgorithms` and `CASignatureAlgorithms` change nothing: no key signs, and no authority has signed, with
SHA-1 here, and the keys that may be used are named one by one.
"""

HONOURED = frozenset(
    {"hostname", "port", "user", "identityfile", "proxyjump", "userknownhostsfile", "globalknownhostsfile"}
)

# What narrows the algorithms of a connection (agent.hosts.ssh.algorithms).
ALGORITHMS = frozenset({"ciphers", "macs", "kexalgorithms", "hostkeyalgorithms", "requiredrsasize"})

# What changes route or trust, and the values with which it does not.
REFUSED: dict[str, frozenset[str]] = {
    "addressfamily": frozenset({"any"}),
    "bindaddress": frozenset(),
    "bindinterface": frozenset(),
    "canonicalizehostname": frozenset({"no"}),
    "controlpath": frozenset({"none"}),
    "hostkeyalias": frozenset(),
    "knownhostscommand": frozenset({"none"}),
    "nohostauthenticationforlocalhost": frozenset({"no"}),
    "proxycommand": frozenset({"none"}),
    "revokedhostkeys": frozenset({"none"}),
    "verifyhostkeydns": frozenset({"no", "ask"}),
}

# Host keys are always checked strictly, and no agent, password or forwarding is ever used: nothing that loosens or
# tightens these matters. `controlmaster` and `canonicaldomains` do nothing without their refused companions.
HARMLESS = frozenset((
    "addkeystoagent", "batchmode", "canonicaldomains", "canonicalizefallbacklocal", "canonicalizemaxdots",
    "canonicalizepermittedcnames", "casignaturealgorithms", "certificatefile", "channeltimeout", "checkhostip",
    "clearallforwardings", "compression", "connectionattempts", "connecttimeout", "controlmaster",
    "controlpersist", "dynamicforward", "enableescapecommandline", "enablesshkeysign", "escapechar",
    "exitonforwardfailure", "fingerprinthash", "forkafterauthentication", "forwardagent", "forwardx11",
    "forwardx11timeout", "forwardx11trusted", "gatewayports", "gssapiauthentication", "gssapiclientidentity",
    "gssapidelegatecredentials", "gssapikexalgorithms", "gssapikeyexchange", "gssapirenewalforcesrekey",
    "gssapiserveridentity", "gssapitrustdns", "hashknownhosts", "hostbasedacceptedalgorithms",
    "hostbasedauthentication", "hostbasedkeytypes", "identitiesonly", "identityagent",
    "ignoreunknown", "ipqos", "kbdinteractiveauthentication", "kbdinteractivedevices",
    "localcommand", "localforward", "loglevel", "logverbose", "numberofpasswordprompts",
    "obscurekeystroketiming", "passwordauthentication", "permitlocalcommand", "permitremoteopen", "pkcs11provider",
    "preferredauthentications", "protocol", "proxyusefdpass", "pubkeyacceptedalgorithms", "pubkeyacceptedkeytypes",
    "pubkeyauthentication", "refuseconnection", "rekeylimit", "remotecommand", "remoteforward", "requesttty",
    "securitykeyprovider", "sendenv", "serveralivecountmax", "serveraliveinterval",
    "sessiontype", "setenv", "stdinnull", "streamlocalbindmask", "streamlocalbindunlink", "stricthostkeychecking",
    "syslogfacility", "tag", "tcpkeepalive", "tunnel", "tunneldevice", "updatehostkeys", "usekeychain",
    "useprivilegedport", "versionaddendum", "visualhostkey", "warnweakcrypto", "xauthlocation",
))  # fmt: skip
