"""How a bundle is verified with sha256sum and openssl alone, as its own `VERIFY.txt` tells its reader."""

from collections.abc import Mapping, Sequence

_HEAD = """\
COMMENT VÉRIFIER CE DOSSIER DE PREUVES

Rapport {quarter}, {edition}, bénéficiaire {beneficiary}. Aucun logiciel particulier n'est nécessaire : il suffit de
« sha256sum » et de « openssl » (3.0 ou plus récent). Décompressez le dossier et lancez, depuis l'intérieur, chacune des
lignes qui commencent par l'un de ces deux mots : il y en a {count}. Toutes doivent réussir (code de retour 0).

Ce mode d'emploi ne se vérifie pas lui-même : un dossier falsifié apporterait le sien, auquel il manquerait une ligne.
Gardez-en un exemplaire reçu par une autre voie, sur papier, avec l'empreinte de la clé, et suivez celui-là ; d'un
trimestre à l'autre, seuls changent le titre et les lignes des journées.

1. Qui a signé ? La commande suivante donne l'empreinte de la clé, à comparer à celle que le prestataire vous a
   remise par une autre voie (« SHA256: » suivi des 43 premiers caractères ; le signe « = » final ne compte pas) :

   $ openssl pkey -pubin -in signing-key.pub.pem -outform DER | openssl dgst -sha256 -binary | openssl base64

2. L'inventaire est-il signé par cette clé, et chaque fichier est-il celui de l'inventaire ?

openssl pkeyutl -verify -pubin -inkey signing-key.pub.pem -rawin -in MANIFEST -sigfile MANIFEST.sig
sha256sum --check --strict --quiet MANIFEST

   L'inventaire nomme tous les fichiers sauf lui-même et sa signature, ce mode d'emploi compris. Un fichier ajouté n'est
   couvert par rien ; la commande suivante nomme ceux qui le sont et n'affiche rien s'il n'y en a pas :

   $ find . ! -type d | cut -c3- | awk 'NR==FNR{{k[substr($0,67)];next}}!($0 in k) && !/^MANIFEST([.]sig)?$/' MANIFEST -

   Les lignes de l'inventaire qui commencent par « # » sont les empreintes de la page, du PDF et des tableaux remis avec
   ce dossier. Placez-les à côté du dossier décompressé, et lancez depuis l'intérieur :

   $ sed -n 's/^# //p' MANIFEST | (cd .. && sha256sum --check --ignore-missing)

3. Chaque journée est-elle celle dont l'empreinte est dans le dossier ?

{heads}
4. Ces empreintes ont-elles été signées ? Chaque fichier du dossier heads contient la ligne signée, dont le dernier mot
   est l'empreinte de la journée, la même que dans HEADS. Comparez-les à celles que vous avez reçues chaque mois :
   elles datent la preuve.

"""
_TAIL = """
5. Une ligne de journée s'écrit : MAILLON-PRÉCÉDENT NUMÉRO INSTANT NATURE BÉNÉFICIAIRE EMPREINTE-DU-CONTENU. Son propre
   SHA-256, fin de ligne comprise, est le premier mot de la ligne suivante. Le contenu de la ligne NUMÉRO est, dans
   payloads.txt, ce qui suit le NUMÉRO et une espace :

   $ sed -n 's/^NUMÉRO //p' payloads.txt | tr -d '\\n' | sha256sum

   Les contenus des autres bénéficiaires n'y sont pas : seules leurs empreintes y sont.

Ce que cette preuve ne montre pas : ce qui a été enregistré à tort le jour même.
"""


def verify_text(days: Sequence[str], about: Mapping[str, str]) -> str:
    """Return the text; `days` are the names of the signed days."""
    heads = "sha256sum --check --strict --quiet HEADS\n" if days else "   Aucune journée n'a encore été signée.\n"
    edition = "provisoire" if about["edition"] == "provisional" else f"édition {about['edition']}"
    count = 2 + (len(days) + 1 if days else 0)
    head = _HEAD.format(
        quarter=about["quarter"], edition=edition, beneficiary=about["beneficiary"], heads=heads, count=count
    )
    lines = "".join(
        "openssl pkeyutl -verify -pubin -inkey signing-key.pub.pem -rawin"
        f" -in heads/{day}.txt -sigfile heads/{day}.sig\n"
        for day in days
    )
    return head + lines + _TAIL
