"""What is set up outside this program, step by step, for `beffroi explain`."""

from agent.wording.languages import Language, Words

STORE = Words(
    fr="""\
Hacher une copie là où elle se trouve, sans son mot de passe

Dans un dépôt restic, chaque fichier sauf `config` porte l'empreinte SHA-256 de son propre contenu. La machine qui
héberge les fichiers peut donc les vérifier elle-même, par un compte qui les lit et ne connaît aucune clé.

1. Sur cette machine, un compte qui peut lire le dépôt, et rien de plus :
       useradd --system --create-home --shell /bin/sh beffroi-store
2. Le programme ci-dessous, qui ne fait que lister et hacher :
       beffroi explain store | sed -n '/^#!/,$p' > /usr/local/bin/beffroi-store
       chmod 0755 /usr/local/bin/beffroi-store
3. Une clé pour beffroi seul, et sa ligne dans ~beffroi-store/.ssh/authorized_keys :
       restrict,command="/usr/local/bin/beffroi-store /srv/restic" ssh-ed25519 AAAA… beffroi
   /srv/restic est le dossier en dessous duquel se trouvent les dépôts ; la clé ne répond pour aucun autre.
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
docs/verification.md dit ce que chaque contrôle voit.
""",
    en="""\
Hash a copy where it lies, without its password

In a restic repository every file but `config` is named by the SHA-256 of its own bytes. The machine that holds the
files can therefore verify them by itself, by an account that reads them and knows no key.

1. On that machine, an account that may read the repository, and nothing more:
       useradd --system --create-home --shell /bin/sh beffroi-store
2. The program below, which only lists and hashes:
       beffroi explain store | sed -n '/^#!/,$p' > /usr/local/bin/beffroi-store
       chmod 0755 /usr/local/bin/beffroi-store
3. A key for beffroi alone, and its line in ~beffroi-store/.ssh/authorized_keys:
       restrict,command="/usr/local/bin/beffroi-store /srv/restic" ssh-ed25519 AAAA… beffroi
   /srv/restic is the folder below which the repositories lie; the key answers for no other.
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
docs/verification.md says what each look sees.
""",
)


def store_guide(script: str, language: Language) -> str:
    """Return how a store is set up, with the script that answers for it."""
    return f"{STORE.of(language)}\n{script.rstrip()}"
