"""Words of the checker page: what it asks for, what it found, and what it does not check."""

from agent.wording.languages import Words

TITLE = Words(fr="Vérifier un dossier de preuves", en="Verify an evidence bundle")
LEAD = Words(
    fr="Cette page vérifie un dossier de preuves de beffroi dans votre navigateur. Rien n'est envoyé : elle ne peut"
    " joindre aucun serveur, et fonctionne sans réseau.",
    en="This page verifies an evidence bundle of beffroi in your browser. Nothing is sent: it can reach no server, and"
    " works without a network.",
)
DROP = Words(
    fr="Déposez ici le dossier (…-evidence.zip), avec la page, le PDF et les tableaux du rapport",
    en="Drop the bundle here (…-evidence.zip), with the report's page, PDF and tables",
)
FINGERPRINT = Words(
    fr="Empreinte de la clé, reçue du prestataire par une autre voie",
    en="Fingerprint of the key, received from the provider by another channel",
)
WITNESSES = Words(
    fr="Clés des témoins, reçues d'eux, une par ligne (facultatif)",
    en="Keys of witnesses, received from them, one a line (optional)",
)
AGAIN = Words(fr="Vérifier à nouveau", en="Verify again")
LIMITS_TITLE = Words(fr="Ce que cette page ne vérifie pas", en="What this page does not check")
LIMITS = (
    Words(
        fr="La référence est la recette du dossier, avec openssl et sha256sum : VERIFY.txt et verify.sh. Une page"
        " falsifiée dirait ce qu'elle veut : prenez celle-ci d'une source sûre.",
        en="The recipe in the bundle, with openssl and sha256sum, is the reference: VERIFY.txt and verify.sh. A forged"
        " page would say anything: take this one from a source that you trust.",
    ),
    Words(
        fr="Le décompte des journées et les mots du rapport : beffroi evidence verify les refait à partir des lignes.",
        en="The count of days and the report's words: beffroi evidence verify derives them again from the rows.",
    ),
    Words(
        fr="Qu'aucun jour d'avant le trimestre n'a été omis : verify.sh et beffroi evidence verify.",
        en="That no day before the quarter was left out: verify.sh and beffroi evidence verify.",
    ),
    Words(
        fr="Que le journal d'après un changement de clé continue celui d'avant : beffroi evidence verify.",
        en="That the log after a change of the key continues the one before: beffroi evidence verify.",
    ),
    Words(
        fr="Les jetons d'horodatage : openssl ts -verify, ou beffroi evidence verify --tsa-ca.",
        en="The timestamp tokens: openssl ts -verify, or beffroi evidence verify --tsa-ca.",
    ),
    Words(
        fr="Ce qui a été enregistré à tort le jour même.",
        en="What was recorded wrongly on the day.",
    ),
)
# What the page says of a bundle; {} is filled in.
SAID = {
    "sound": Words(fr="Intact, et signé par la clé que vous connaissez", en="Intact, and signed by the key you know"),
    "unsigned": Words(
        fr="Intact, mais le signataire n'est pas vérifié : donnez l'empreinte de la clé",
        en="Intact, but the signer is not verified: give the key's fingerprint",
    ),
    "unproven": Words(fr="Ne peut pas être établi", en="Could not be determined"),
    "damaged": Words(fr="Endommagé ou falsifié", en="Damaged or forged"),
    "working": Words(fr="Vérification en cours…", en="Verifying…"),
    "key": Words(fr="Signé par la clé {}", en="Signed by the key {}"),
    "follows": Words(
        fr="La clé SHA256:{} succède à SHA256:{}, qui l'a désignée ; après un vol, cela ne prouve rien",
        en="The key SHA256:{} follows SHA256:{}, which named it; after a theft this proves nothing",
    ),
    "key_change": Words(
        fr="La déclaration de la clé SHA256:{} sur celle qui lui succède ne tient pas",
        en="The statement of the key SHA256:{} on the one that follows it does not hold",
    ),
    "other_key": Words(
        fr="Le dossier est signé par une autre clé que celle dont vous avez donné l'empreinte",
        en="The bundle is signed by another key than the one whose fingerprint you gave",
    ),
    "days": Words(
        fr="Journées signées, dont chaque ligne est à sa place jusqu'au point de contrôle signé : {}",
        en="Signed days, each row of which is in its place up to the signed checkpoint: {}",
    ),
    "without_places": Words(
        fr="{} des {} journées signées du trimestre, et {} autres, sont d'une forme ancienne : le détenteur de la clé a"
        " pu signer deux versions d'une telle journée",
        en="{} of the {} signed days of the quarter, and {} others, have the form of an earlier release: the holder of"
        " the key could have signed two versions of such a day",
    ),
    "no_day": Words(
        fr="Aucune journée signée : rien ne montre quand ses lignes ont été gardées",
        en="No signed day: nothing shows when its rows were kept",
    ),
    "witnessed": Words(
        fr="Témoin {} : {} journées signées du trimestre sur {} contresignées à temps",
        en="Witness {}: {} of {} signed days of the quarter cosigned in time",
    ),
    "not_cosigned": Words(
        fr="Le témoin {} n'a pas contresigné à temps : {}", en="The witness {} did not cosign in time: {}"
    ),
    "document": Words(fr="{} : conforme à ce qui a été publié", en="{}: as it was published"),
    "other_document": Words(
        fr="{} n'est pas le document publié avec ce dossier",
        en="{} is not the document that was published with this bundle",
    ),
    "made_later": Words(
        fr="{} : ce dossier ne lie aucun document de ce nom, rien ne montre qu'il a été publié",
        en="{}: this bundle binds no document of this name, nothing shows that it was published",
    ),
    "unbound": Words(fr="{} : ce dossier ne lie aucun document", en="{}: this bundle binds no document"),
    "unseen": Words(fr="Documents non vus : {}", en="Documents not seen: {}"),
    "older": Words(
        fr="Forme {} : cette page ne la vérifie pas jusqu'au bout, suivez VERIFY.txt",
        en="Form {}: this page does not verify it to the end, follow VERIFY.txt",
    ),
    "one_bundle": Words(
        fr="Donnez un dossier de preuves (…-evidence.zip), et un seul",
        en="Give one evidence bundle (…-evidence.zip), and only one",
    ),
    "large": Words(fr="{} est trop grand pour cette page", en="{} is too large for this page"),
    "browser": Words(
        fr="Ce navigateur ne sait pas vérifier une signature Ed25519 : suivez VERIFY.txt",
        en="This browser cannot verify an Ed25519 signature: follow VERIFY.txt",
    ),
    "witness_key": Words(
        fr="Une clé de témoin n'en est pas une (NOM+NUMÉRO+BASE64)",
        en="A witness's key is none (NAME+NUMBER+BASE64)",
    ),
    "not_archive": Words(fr="Ce n'est pas une archive de cette forme", en="It is no archive of this form"),
    "form": Words(fr="Son contenu n'a pas la forme attendue", en="What it holds is not of the expected form"),
    "missing": Words(fr="{} manque", en="{} is missing"),
    "manifest": Words(
        fr="La signature de l'inventaire ne tient pas", en="The signature of the inventory does not hold"
    ),
    "added": Words(fr="{} a été ajouté", en="{} was added"),
    "changed": Words(fr="{} a été modifié", en="{} was changed"),
    "row": Words(fr="La ligne {} n'est pas à sa place", en="Row {} is not in its place"),
    "day": Words(fr="La journée {} n'est pas démontrée", en="Day {} is not proven"),
    "place": Words(
        fr="La journée {} n'est pas à la place qui revient au bénéficiaire",
        en="Day {} is not at the place that belongs to the beneficiary",
    ),
    "hole": Words(fr="Une journée ou des lignes manquent avant {}", en="A day or rows are missing before {}"),
    "span": Words(
        fr="Ses premier et dernier jours ne sont pas ceux du trimestre",
        en="Its first and last day are not those of the quarter",
    ),
    "checkpoint": Words(
        fr="Le point de contrôle du journal ne tient pas", en="The checkpoint of the log does not hold"
    ),
    "cosignature": Words(
        fr="{} : la contresignature d'un témoin ne tient pas", en="{}: a witness's cosignature does not hold"
    ),
}
