"""What is said of what was entered in a register: which entry, which clock, which month no one signed.

The slots are what events.py and periodic.py of agent/core/judging, checks/convention_review.py and
checks/gdpr_audit.py tell about their findings.
"""

from collections.abc import Mapping

from agent.core.reason import Reason
from agent.wording.languages import Words
from agent.wording.phrases.general import Phrases, When

EVENTS: Mapping[Reason, Phrases] = {
    Reason.ON_COURSE: (
        Words(
            fr="{entry} court depuis le {opened} (date modifiée le {amended}, d'abord le {first_opened}) : rien n'est "
            "en retard, échéance le {due}",
            en="{entry} runs since {opened} (date changed {amended}, at first {first_opened}): nothing is late, "
            "due {due}",
        ),
        Words(
            fr="{entry} court depuis le {opened} : rien n'est en retard, échéance le {due}",
            en="{entry} runs since {opened}: nothing is late, due {due}",
        ),
    ),
    Reason.WITHIN_LIMIT: (
        Words(
            fr="{entry} : fait le {closed}, dans le délai ({value}, objectif : {limit}) compté du {opened} "
            "(date modifiée le {amended}, d'abord le {first_opened})",
            en="{entry}: done {closed}, in time ({value}, objective: {limit}) from {opened} "
            "(date changed {amended}, at first {first_opened})",
        ),
        Words(
            fr="{entry} : fait le {closed}, dans le délai ({value}, objectif : {limit})",
            en="{entry}: done {closed}, in time ({value}, objective: {limit})",
        ),
    ),
    Reason.OVERDUE: (
        Words(
            fr="{entry} : l'échéance du {due}, comptée du {first_opened}, était dépassée quand l'inscription a été "
            "modifiée le {amended_late} ({value}, objectif : {limit})",
            en="{entry}: the term of {due}, counted from {first_opened}, had passed when the entry was amended "
            "{amended_late} ({value}, objective: {limit})",
        ),
        Words(
            fr="{entry} : fait le {closed}, après l'échéance du {due} ({value}, objectif : {limit}) ; "
            "motif inscrit : {delay_reason}",
            en="{entry}: done {closed}, after it was due {due} ({value}, objective: {limit}); "
            "reason entered: {delay_reason}",
        ),
        Words(
            fr="{entry} : fait le {closed}, après l'échéance du {due} ({value}, objectif : {limit}), "
            "sans motif inscrit",
            en="{entry}: done {closed}, after it was due {due} ({value}, objective: {limit}), no reason entered",
        ),
        Words(
            fr="{entry} : échéance dépassée le {due} ({value}, objectif : {limit}) ; motif inscrit : {delay_reason}",
            en="{entry}: overdue since {due} ({value}, objective: {limit}); reason entered: {delay_reason}",
        ),
        Words(
            fr="{entry} : échéance dépassée le {due} ({value}, objectif : {limit})",
            en="{entry}: overdue since {due} ({value}, objective: {limit})",
        ),
    ),
    Reason.INCOMPLETE: (
        Words(
            fr="l'heure n'est pas inscrite pour {entry}, et la date seule ne dit pas si le délai a été tenu",
            en="no time of day was entered for {entry}, and the date alone does not tell whether it was in time",
        ),
        Words(
            fr="une question est ouverte : {incident} touche des données personnelles et aucune violation n'est "
            "inscrite (sudo beffroi register add breach, ou sudo beffroi register amend incident {incident} "
            "personal_data=no)",
            en="a question is open: {incident} touches personal data and no breach was entered "
            "(sudo beffroi register add breach, or sudo beffroi register amend incident {incident} personal_data=no)",
        ),
        Words(
            fr="des mois n'ont ni inscription ni signature : {months}, le premier étant {month} "
            '(sudo beffroi register add {register} none={month} beneficiary={subject_at_agent} author="$USER")',
            en="months have neither an entry nor a signature: {months}, the first one {month} "
            '(sudo beffroi register add {register} none={month} beneficiary={subject_at_agent} author="$USER")',
        ),
    ),
    Reason.NOT_EXPECTED: (
        Words(
            fr="{entry} n'appelle rien au titre de cet objectif ({nothing_due})",
            en="{entry} asks for nothing under this target ({nothing_due})",
        ),
        Words(
            fr="rien n'est dû : aucune échéance ne court, et le dernier mois signé sans événement est {signed_until}",
            en="nothing is due: no clock runs, and the last month signed as empty is {signed_until}",
        ),
        Words(
            fr="rien n'est dû pour le moment : le mois {month} se signe une fois fini",
            en="nothing is due yet: the month {month} is signed once it is over",
        ),
    ),
}

PERIODIC: Mapping[Reason, Phrases] = {
    Reason.ON_COURSE: (
        Words(
            fr="rien n'est inscrit depuis le {never} ; la première fois est due le {due} au plus tard",
            en="nothing was entered since {never}; the first time is due {due} at the latest",
        ),
    ),
    Reason.WITHIN_LIMIT: (
        Words(
            fr="la dernière fois date du {performed} ({value}, objectif : {limit}), la prochaine est due le {due}",
            en="the last time was {performed} ({value}, objective: {limit}), the next one is due {due}",
        ),
        Words(
            fr="le dernier inscrit date du {performed} (il y a {value})",
            en="the last one entered was {performed} ({value} ago)",
        ),
    ),
    Reason.OVERDUE: (
        Words(
            fr="la dernière fois date du {performed} ({value}, objectif : {limit}) ; c'était dû le {due}",
            en="the last time was {performed} ({value}, objective: {limit}); it was due {due}",
        ),
        Words(
            fr="rien n'a jamais été inscrit depuis le {never} ; c'était dû le {due}",
            en="nothing was ever entered since {never}; it was due {due}",
        ),
    ),
    Reason.NOT_EXPECTED: (
        When(
            known="nothing_due",
            fr="aucun n'est inscrit, et rien n'oblige à en demander un",
            en="none was entered, and none has to be asked for",
        ),
    ),
}

CONVENTION: Mapping[Reason, Phrases] = {
    Reason.NOT_DECLARED: (
        Words(
            fr="la date de signature de la convention n'est pas renseignée",
            en="the day on which the convention was signed is not given",
        ),
    ),
    Reason.ON_COURSE: (
        Words(
            fr="évaluation de la convention à tenir le {evaluation} au plus tard (dans {value})",
            en="the convention's evaluation is to be held by {evaluation} (in {value})",
        ),
        Words(
            fr="dernier jour pour dénoncer la convention avant sa reconduction : le {notice} (dans {value})",
            en="last day for giving notice before the convention is renewed: {notice} (in {value})",
        ),
        Words(
            fr="titre de recette à émettre le {invoice} au plus tard (dans {value})",
            en="the titre de recette is to be issued by {invoice} (in {value})",
        ),
    ),
    Reason.OVERDUE: (
        Words(
            fr="l'évaluation de la convention était à tenir le {evaluation_due} au plus tard, et rien d'inscrit ne la "
            "montre (sudo beffroi register add plan target=convention-review subject=convention … done=DATE)",
            en="the convention's evaluation was to be held by {evaluation_due}, and nothing entered shows it "
            "(sudo beffroi register add plan target=convention-review subject=convention … done=DATE)",
        ),
    ),
}

QUOTA: Mapping[Reason, Phrases] = {
    Reason.NOT_DECLARED: (
        Words(
            fr="aucune sauvegarde n'est déclarée, dont on pourrait lire le volume",
            en="no backup is declared from which the volume could be read",
        ),
    ),
    Reason.WITHIN_LIMIT: (
        Words(
            fr="les sources occupent {value} (compris dans le prix : {limit}), d'après leurs sauvegardes du {measured}",
            en="the sources hold {value} (within the price: {limit}), by their backups of {measured}",
        ),
    ),
    Reason.OVER_QUOTA: (
        Words(
            fr="les sources occupent {value}, plus que ce que le prix comprend ({limit}), "
            "d'après leurs sauvegardes du {measured}",
            en="the sources hold {value}, more than the price includes ({limit}), by their backups of {measured}",
        ),
    ),
    Reason.INCOMPLETE: (
        Words(
            fr="les sources occupent au plus {upper_bytes}, car leurs sauvegardes prennent aussi d'autres dossiers",
            en="the sources hold at most {upper_bytes}, as their backups take in other folders too",
        ),
        Words(
            fr="toutes les sources ne disent pas leur volume : {sized} sur {sources} ({known_bytes}) ; "
            "restic le note depuis 0.17, et une série d'archives ne le dit pas",
            en="not all sources tell how much they hold: {sized} of {sources} ({known_bytes}); "
            "restic notes it from 0.17 on, and a set of archives does not tell it",
        ),
    ),
}

# Added to what rests on a date that was entered more than three days after it.
REMARKS: Phrases = (
    Words(
        fr="date inscrite le {entered_late}, par {entered_by}",
        en="the date was entered on {entered_late}, by {entered_by}",
    ),
)
