"""How a bundle is verified with sha256sum and openssl alone, as its own `VERIFY.txt` tells its reader."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_UNSIGNED = "   Aucune journée n'a encore été signée.\n"
_HEAD = """\
COMMENT VÉRIFIER CE DOSSIER DE PREUVES

Rapport {quarter}, {edition}, bénéficiaire {beneficiary}. Aucun logiciel particulier n'est nécessaire : il suffit de
« sha256sum » et de « openssl » (3.0 ou plus récent). Décompressez le dossier et lancez, depuis l'intérieur, chacune des
lignes qui commencent par l'un de ces deux mots : il y en a {count}. Toutes doivent réussir (code de retour 0).

Ce mode d'emploi ne se vérifie pas lui-même : un dossier falsifié apporterait le sien, auquel il manquerait une ligne.
Gardez-en un exemplaire reçu par une autre voie, sur papier, avec l'empreinte de la clé, et suivez celui-là ; d'un
trimestre à l'autre, seuls changent le titre et, s'il y en a, les lignes des journées d'avant le journal. Il en va de
même de verify.sh, qui ne change qu'avec la version du logiciel : un exemplaire plus ancien vérifie moins.

1. Qui a signé ? La commande suivante donne l'empreinte de la clé, à comparer à celle que le prestataire vous a
   remise par une autre voie (« SHA256: » suivi des 43 premiers caractères ; le signe « = » final ne compte pas) :

   $ openssl pkey -pubin -in signing-key.pub.pem -outform DER | openssl dgst -sha256 -binary | openssl base64

{keys}2. L'inventaire est-il signé par cette clé, et chaque fichier est-il celui de l'inventaire ?

openssl pkeyutl -verify -pubin -inkey signing-key.pub.pem -rawin -in MANIFEST -sigfile MANIFEST.sig
sha256sum --check --strict --quiet MANIFEST

   L'inventaire nomme tous les fichiers sauf lui-même et sa signature, ce mode d'emploi compris. Un fichier ajouté n'est
   couvert par rien ; la commande suivante nomme ceux qui le sont et n'affiche rien s'il n'y en a pas :

   $ find . ! -type d | cut -c3- | awk 'NR==FNR{{k[substr($0,67)];next}}!($0 in k) && !/^MANIFEST([.]sig)?$/' MANIFEST -

   Les lignes de l'inventaire qui commencent par « # » sont les empreintes de la page, du PDF et des tableaux remis avec
   ce dossier. Placez-les à côté du dossier décompressé, et lancez depuis l'intérieur :

   $ sed -n 's/^# //p' MANIFEST | (cd .. && sha256sum --check --ignore-missing)

3. Le point de contrôle, qui engage tous les jours signés, porte-t-il la signature de cette clé ?

{checkpoint}
   checkpoint.txt est le même texte, avec les signatures des témoins. Gardez-le : deux points de contrôle de la même
   taille et de deux racines prouvent que le passé a été refait.

{earlier}"""
_KEYS = """\
   La clé a changé. Chaque fichier keys/N.txt nomme les empreintes de deux clés (« from » et « to ») : la clé d'avant,
   keys/N.pub.pem, y désigne la suivante, qui contresigne. Si vous ne connaissez qu'une clé d'avant, calculez comme
   ci-dessus l'empreinte de son fichier, et suivez les déclarations jusqu'à la clé de ce dossier. Une clé volée signe
   aussi de telles déclarations : après un vol, seule compte l'empreinte reçue par une autre voie.

{lines}
"""
_EARLIER = """\
4. Des journées ont été signées une à une, avant que le journal ne commence. Chacune est-elle celle dont l'empreinte
   est dans HEADS, et cette empreinte (le dernier mot de chaque fichier du dossier heads) a-t-elle été signée ?

sha256sum --check --strict --quiet HEADS
{heads}
   Une ligne de ces journées s'écrit : MAILLON-PRÉCÉDENT NUMÉRO INSTANT NATURE BÉNÉFICIAIRE EMPREINTE-DU-CONTENU ; le
   contenu de la ligne NUMÉRO est, dans payloads.txt, ce qui suit le NUMÉRO et une espace.

"""
_TAIL = """\
Le reste (chaque ligne est celle qui a été signée ce jour-là, il n'en manque aucune, chaque jour est à sa place dans le
journal) se vérifie d'un seul coup, avec les deux mêmes programmes ; le script tient en une page et se lit :

   $ sh verify.sh

Une ligne de journée s'écrit : NUMÉRO INSTANT NATURE CONTENU. L'empreinte du contenu de la ligne NUMÉRO d'un fichier :

   $ sed -n 's/^NUMÉRO [^ ]* [^ ]* //p' days/JOUR.txt | tr -d '\\n' | sha256sum

Il n'y a là que les lignes du bénéficiaire, et rien des autres. Celles de nature « seen » sont ce qui a été constaté de
ses sauvegardes, machines et journaux : « beffroi evidence verify » en déduit de nouveau les journées.

Dans l'arbre d'un jour, la place du bénéficiaire est fixée par son identifiant, qui doit être celui des trimestres
précédents : sous un même point de contrôle, une journée n'a qu'une version. Le script compte les journées d'une forme
ancienne, pour lesquelles le détenteur de la clé a pu en signer deux.

Ce que cette preuve ne montre pas : ce qui a été enregistré à tort le jour même.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleKeys:
    """How many changes of the key a bundle shows, and the files with the keys of its checkpoint and of each head."""

    changes: int
    checkpoint: str | None
    heads: Sequence[str]


def verify_text(earlier: Sequence[str], about: Mapping[str, str], keys: BundleKeys) -> str:
    """Return the text; `earlier` are the names of the days that were signed one by one and are shown whole."""
    checkpoint = _UNSIGNED
    if keys.checkpoint is not None:
        checkpoint = f"{_openssl(keys.checkpoint)} -in checkpoint-text.txt -sigfile checkpoint.sig\n"
    heads = "".join(
        f"{_openssl(key)} -in heads/{day}.txt -sigfile heads/{day}.sig\n"
        for day, key in zip(earlier, keys.heads, strict=True)
    )
    edition = "provisoire" if about["edition"] == "provisional" else f"édition {about['edition']}"
    head = _HEAD.format(
        quarter=about["quarter"],
        edition=edition,
        beneficiary=about["beneficiary"],
        checkpoint=checkpoint,
        earlier=_EARLIER.format(heads=heads) if earlier else "",
        keys=_KEYS.format(lines="".join(_statements(keys.changes))) if keys.changes else "",
        count=2 + 2 * keys.changes + (keys.checkpoint is not None) + (len(earlier) + 1 if earlier else 0),
    )
    return head + _TAIL


def _statements(changes: int) -> Iterator[str]:
    for number in range(1, changes + 1):
        following = f"keys/{number + 1}.pub.pem" if number < changes else "signing-key.pub.pem"
        for key, signature in ((f"keys/{number}.pub.pem", f"{number}.sig"), (following, f"{number}-new.sig")):
            yield f"{_openssl(key)} -in keys/{number}.txt -sigfile keys/{signature}\n"


def _openssl(key: str) -> str:
    return f"openssl pkeyutl -verify -pubin -inkey {key} -rawin"
