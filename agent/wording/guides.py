"""What is set up outside this program, step by step, for `beffroi explain`."""

from agent.wording.languages import Language, Words

STORE = Words(
    fr="""\
Hacher une copie là où elle se trouve, sans son mot de passe

Dans un dépôt restic, chaque fichier sauf `config` porte l'empreinte SHA-256 de son propre contenu. La machine qui
héberge les fichiers peut donc les vérifier elle-même, par un compte qui les lit et ne connaît aucune clé. Le même
programme liste et hache le dossier d'une sauvegarde faite par un autre outil (program = "files") : chaque fichier est
alors comparé à l'empreinte qu'il avait à sa première lecture.

1. Sur cette machine, un compte qui peut lire le dépôt, et rien de plus :
       useradd --system --create-home --shell /bin/sh beffroi-store
2. Le programme ci-dessous, qui ne fait que lister et hacher :
       beffroi explain store | sed -n '/^#!/,$p' > /usr/local/bin/beffroi-store
       chmod 0755 /usr/local/bin/beffroi-store
3. Une clé pour beffroi seul, et sa ligne dans ~beffroi-store/.ssh/authorized_keys :
       restrict,command="/usr/local/bin/beffroi-store /srv/restic",from="AGENT" ssh-ed25519 AAAA… beffroi
   /srv/restic est le dossier en dessous duquel se trouvent les dépôts ; la clé ne répond pour aucun autre.
   Un lien n'est suivi que s'il aboutit sous un dossier de cette ligne, et jamais à l'intérieur d'un dépôt.
   AGENT est l'adresse d'où vient la machine de beffroi, ou celle de son rebond.
4. Dans la configuration de beffroi :
       [[host]]
       id = "vault"
       transport = "ssh"
       address = "vault.example"
       user = "beffroi-store"
       key_file = "/etc/beffroi/vault.key"
       collect = []

       [[backup.copy]]
       store = { host = "vault", path = "/srv/restic/files" }

Un compte avec un shell et sans ce programme convient aussi : le même texte lui est alors envoyé à chaque contrôle.
Un programme qui vérifie lui-même ses dépôts sans leur clé demande un tel compte, et d'être installé sur cette machine.
docs/verification.md dit ce que chaque contrôle voit.
""",
    en="""\
Hash a copy where it lies, without its password

In a restic repository every file but `config` is named by the SHA-256 of its own bytes. The machine that holds the
files can therefore verify them by itself, by an account that reads them and knows no key. The same program lists and
hashes the folder of a backup that another tool makes (program = "files"): each file is then held to the digest that it
had when it was first read.

1. On that machine, an account that may read the repository, and nothing more:
       useradd --system --create-home --shell /bin/sh beffroi-store
2. The program below, which only lists and hashes:
       beffroi explain store | sed -n '/^#!/,$p' > /usr/local/bin/beffroi-store
       chmod 0755 /usr/local/bin/beffroi-store
3. A key for beffroi alone, and its line in ~beffroi-store/.ssh/authorized_keys:
       restrict,command="/usr/local/bin/beffroi-store /srv/restic",from="AGENT" ssh-ed25519 AAAA… beffroi
   /srv/restic is the folder below which the repositories lie; the key answers for no other.
   A link is followed only where it ends below a folder of this line, and never within a repository.
   AGENT is the address from which beffroi's machine comes, or its jump host's.
4. In the configuration of beffroi:
       [[host]]
       id = "vault"
       transport = "ssh"
       address = "vault.example"
       user = "beffroi-store"
       key_file = "/etc/beffroi/vault.key"
       collect = []

       [[backup.copy]]
       store = { host = "vault", path = "/srv/restic/files" }

An account with a shell and without this program will do as well: the same text is then sent along with each look.
A program that checks its repositories itself without their key needs such an account, and has to be installed there.
docs/verification.md says what each look sees.
""",
)


def store_guide(script: str, language: Language) -> str:
    """Return how a store is set up, with the script that answers for it."""
    return f"{STORE.of(language)}\n{script.rstrip()}"


SSH = Words(
    fr="""\
Observer une machine par SSH, avec un compte qui ne peut que lire

1. Sur cette machine, un compte avec un shell, et rien de plus ; un groupe ouvre ce que root seul lirait sinon, et ne se
   donne que là où beffroi doit le lire :
       useradd --system --create-home --shell /bin/sh beffroi
       usermod --append --groups adm,systemd-journal beffroi        (journaux, là où ils sont centralisés)
       usermod --append --groups wazuh beffroi                      (état de l'agent Wazuh, là où il y en a un)
2. Une clé pour beffroi seul, et sa ligne dans ~beffroi/.ssh/authorized_keys :
       restrict,from="AGENT" ssh-ed25519 AAAA… beffroi
   AGENT est l'adresse d'où vient la machine de beffroi, ou celle de son rebond : ailleurs, une clé volée n'ouvre rien.
   `restrict` interdit terminal et redirections ; ce qui reste est un shell de ce compte, car chaque contrôle envoie ses
   commandes (docs/decisions.md).
   Une clé protégée par une phrase de passe s'ouvre par `key_password_file`, celle d'un ssh-agent par `agent_socket`.
3. La clé de la machine, comparée sur place, dans un known_hosts (noms hachés et `@cert-authority` compris) :
       ssh-keyscan vault.example >> /etc/beffroi/known_hosts
4. Dans la configuration de beffroi, ou par `[inventory] ansible` pour toutes à la fois :
       [[host]]
       id = "vault"
       transport = "ssh"
       address = "vault.example"
       user = "beffroi"
       key_file = "/etc/beffroi/hosts.key"
       known_hosts = "/etc/beffroi/known_hosts"
   Une machine derrière un rebond : `ProxyJump` sous `Host` dans /etc/ssh/ssh_config ou ~beffroi/.ssh/config.
5. Une part demande root : qui peut entrer et comment (`strong-authentication`, `access-revocation`), les règles du
   pare-feu (`network-segmentation`), les programmes des autres qui tournent encore avec du code remplacé (`patching`),
   ce que la machine contient (`backup-coverage`). Sans elle, ces objectifs sont non démontrés (`denied`). Pour que
   beffroi la voie seul, le programme ci-dessous, qui ne prend aucun argument, ne répond qu'à une liste fermée de
   demandes, n'écrit rien, et ne montre ni empreinte de mot de passe ni clé :
       beffroi explain ssh | sed -n '/^#!/,$p' > /usr/local/sbin/beffroi-root
       chown root:root /usr/local/sbin/beffroi-root
       chmod 0755 /usr/local/sbin/beffroi-root
   et cette ligne, par visudo -f /etc/sudoers.d/beffroi :
       beffroi ALL=(root) NOPASSWD: /usr/local/sbin/beffroi-root ""
   Sur la machine du logiciel de mesure, `beffroi install` y pourvoit : systemctl status beffroi-reader.socket

Une bannière, un shell bavard, une autre langue n'y changent rien ; un compte qui n'exécute pas nos commandes est dit
tel. Une machine qui ne répond pas coûte son propre délai, puis est essayée de plus en plus rarement, toutes les
demi-heures au moins ; `beffroi check` et un rechargement l'essaient aussitôt. docs/hosts.md dit d'où vient chaque fait.
""",
    en="""\
Watch a machine over SSH, with an account that can only read

1. On that machine, an account with a shell, and nothing more; a group opens what root alone would read otherwise, and
   is given only where beffroi has to read it:
       useradd --system --create-home --shell /bin/sh beffroi
       usermod --append --groups adm,systemd-journal beffroi        (logs, where they are collected)
       usermod --append --groups wazuh beffroi                      (state of the Wazuh agent, where there is one)
2. A key for beffroi alone, and its line in ~beffroi/.ssh/authorized_keys:
       restrict,from="AGENT" ssh-ed25519 AAAA… beffroi
   AGENT is the address from which beffroi's machine comes, or its jump host's: a stolen key opens nothing elsewhere.
   `restrict` forbids terminals and forwarding; what is left is a shell of that account, since each look sends its
   commands (docs/decisions.md).
   A key with a passphrase is opened by `key_password_file`, one that an ssh-agent holds by `agent_socket`.
3. The machine's own key, compared on the spot, in a known_hosts file (hashed names and `@cert-authority` included):
       ssh-keyscan vault.example >> /etc/beffroi/known_hosts
4. In the configuration of beffroi, or by `[inventory] ansible` for all of them at once:
       [[host]]
       id = "vault"
       transport = "ssh"
       address = "vault.example"
       user = "beffroi"
       key_file = "/etc/beffroi/hosts.key"
       known_hosts = "/etc/beffroi/known_hosts"
   A machine behind a jump host: `ProxyJump` under `Host` in /etc/ssh/ssh_config or ~beffroi/.ssh/config.
5. One part needs root: who may come in and how (`strong-authentication`, `access-revocation`), the rules of the
   firewall (`network-segmentation`), which programs of others still run replaced code (`patching`), what the machine
   holds (`backup-coverage`). Without it these targets are unproven (`denied`). To let beffroi see it by itself, the
   program below, which takes no argument, answers a closed list of requests alone, writes nothing, and shows no hash of
   a password and no key:
       beffroi explain ssh | sed -n '/^#!/,$p' > /usr/local/sbin/beffroi-root
       chown root:root /usr/local/sbin/beffroi-root
       chmod 0755 /usr/local/sbin/beffroi-root
   and this line, by visudo -f /etc/sudoers.d/beffroi:
       beffroi ALL=(root) NOPASSWD: /usr/local/sbin/beffroi-root ""
   On the agent's own machine `beffroi install` sees to it: systemctl status beffroi-reader.socket

A banner, a talkative shell, another language change nothing; an account that does not run our commands is told as such.
A machine that does not answer costs its own deadline, and is then tried less and less often, every half hour at least;
`beffroi check` and a reload try it at once. docs/hosts.md says where each fact comes from.
""",
)


def ssh_guide(script: str, language: Language) -> str:
    """Return how an account for looking is set up, with the program that sees what root alone may."""
    return f"{SSH.of(language)}\n{script.rstrip()}"


NETWORK = Words(
    fr="""\
Lire les règles du pare-feu d'une machine, avec un compte qui n'est pas root

Le noyau ne montre ses règles qu'à root. Sans ce droit, `network-segmentation` de cet hôte est non démontré (`denied`) ;
à la main, en root : nft list ruleset. Pour que beffroi les lise seul, derrière SSH, le programme de
`beffroi explain ssh`, qui voit aussi qui peut entrer et quels programmes restent à relancer :

1. Le programme ci-dessous, qui ne prend aucun argument et ne change rien :
       beffroi explain network | sed -n '/^#!/,$p' > /usr/local/sbin/beffroi-root
       chown root:root /usr/local/sbin/beffroi-root
       chmod 0755 /usr/local/sbin/beffroi-root
2. Cette ligne, par visudo -f /etc/sudoers.d/beffroi :
       beffroi ALL=(root) NOPASSWD: /usr/local/sbin/beffroi-root ""
   Sur la machine du logiciel de mesure, `beffroi install` y pourvoit : systemctl status beffroi-reader.socket
""",
    en="""\
Read the rules of a machine's firewall, with an account that is not root

The kernel shows its rules to root alone. Without that right the host's `network-segmentation` is unproven (`denied`);
by hand, as root: nft list ruleset. To let beffroi read them by itself, behind SSH, it takes the program of
`beffroi explain ssh`, which also sees who may come in and which programs are still to be restarted:

1. The program below, which takes no argument and changes nothing:
       beffroi explain network | sed -n '/^#!/,$p' > /usr/local/sbin/beffroi-root
       chown root:root /usr/local/sbin/beffroi-root
       chmod 0755 /usr/local/sbin/beffroi-root
2. This line, by visudo -f /etc/sudoers.d/beffroi:
       beffroi ALL=(root) NOPASSWD: /usr/local/sbin/beffroi-root ""
   On the agent's own machine `beffroi install` sees to it: systemctl status beffroi-reader.socket
""",
)


def network_guide(script: str, language: Language) -> str:
    """Return how the rules of a firewall are shown to an account for looking, with the program that tells them."""
    return f"{NETWORK.of(language)}\n{script.rstrip()}"
