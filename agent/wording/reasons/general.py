"""Reasons that any target may give once fresh evidence was judged."""

from agent.core.reason import Reason
from agent.wording.entries import ReasonWords
from agent.wording.languages import Words

GENERAL = {
    Reason.WITHIN_LIMIT: ReasonWords(
        short=Words(fr="dans l'objectif", en="within the objective"),
        means=Words(
            fr="Une preuve fraîche et datée montre que l'objectif est tenu.",
            en="Fresh, dated evidence shows that the objective holds.",
        ),
        why=Words(
            fr="C'est la seule façon d'être « atteint » : l'absence d'alerte n'en est pas une.",
            en="This is the only way to be “met”: the absence of an alarm is not one.",
        ),
        mend=Words(fr="Rien à faire.", en="Nothing to do."),
    ),
    Reason.ON_COURSE: ReasonWords(
        short=Words(fr="en cours, dans le délai", en="on course, within the time allowed"),
        means=Words(
            fr="Le délai court encore : rien n'est en retard, et rien n'est encore prouvé pour ce qui reste à faire.",
            en="The time allowed still runs: nothing is late, and what is left to do is not yet proven.",
        ),
        why=Words(
            fr="Une obligation périodique jamais remplie est « non démontrée » "
            "jusqu'à son échéance, puis « non atteinte ».",
            en="A periodic duty never done is “unproven” until its due date, then “missed”.",
        ),
        mend=Words(
            fr="Faire ce qui est dû avant l'échéance et l'inscrire au registre (sudo beffroi register add).",
            en="Do what is due before its date and enter it in the register (sudo beffroi register add).",
        ),
    ),
    Reason.OVER_QUOTA: ReasonWords(
        short=Words(fr="volume dépassé", en="over the volume agreed"),
        means=Words(
            fr="Les sources du bénéficiaire occupent plus que le volume compris dans le prix.",
            en="The beneficiary's sources hold more than the volume within the price.",
        ),
        why=Words(
            fr="La convention comprend un téraoctet ; au-delà, le prix ou le volume se conviennent autrement.",
            en="The convention includes one terabyte; beyond that, price or volume is another agreement.",
        ),
        mend=Words(
            fr="Trier les données, ou convenir d'un autre volume (register add adaptation).",
            en="Sort out the data, or agree on another volume (register add adaptation).",
        ),
    ),
    Reason.OVERDUE: ReasonWords(
        short=Words(fr="échéance dépassée", en="overdue"),
        means=Words(
            fr="Ce qui était dû n'est pas fait, ou l'a été après son échéance.",
            en="What was due has not been done, or was done after its date.",
        ),
        why=Words(
            fr="Les délais « en principe » de la convention comptent : un retard "
            "est non atteint, avec son motif à côté.",
            en="The convention's times count even “in principle”: late is missed, with its reason beside it.",
        ),
        mend=Words(
            fr="Faire ce qui est dû, puis l'inscrire au registre avec sa date réelle et, en cas de retard, son motif.",
            en="Do what is due, then enter it in the register with its real date and, where late, its reason.",
        ),
    ),
    Reason.INCOMPLETE: ReasonWords(
        short=Words(fr="incomplet", en="incomplete"),
        means=Words(
            fr="Une partie de ce qui est exigé est là, une autre manque.",
            en="Part of what is asked for is there, and part is missing.",
        ),
        why=Words(
            fr="Ce qui manque ne prouve rien, ni en bien ni en mal.",
            en="What is missing proves nothing, neither good nor bad.",
        ),
        mend=Words(
            fr="Compléter ce que le détail nomme ; pour une inscription au registre, sudo beffroi register amend.",
            en="Complete what the detail names; for an entry of a register, sudo beffroi register amend.",
        ),
    ),
    Reason.NOT_EXPECTED: ReasonWords(
        short=Words(fr="non attendu", en="not expected"),
        means=Words(
            fr="L'inventaire déclaré dit, avec sa raison, que cet objectif ne s'applique pas ici.",
            en="The declared inventory says, with its reason, that this target does not apply here.",
        ),
        why=Words(
            fr="« Sans objet » vient toujours d'une déclaration, jamais d'un contrôle qui a échoué.",
            en="“Not applicable” always comes from a declaration, never from a check that failed.",
        ),
        mend=Words(
            fr="Rien à faire, sauf si la déclaration est fausse : corriger alors la configuration.",
            en="Nothing to do, unless the declaration is wrong: then correct the configuration.",
        ),
    ),
    Reason.RETIRED: ReasonWords(
        short=Words(fr="retiré", en="retired"),
        means=Words(
            fr="Cet élément a été retiré par beffroi retire, ou déclaré par erreur ; il n'est plus attendu.",
            en="This subject was retired by beffroi retire, or declared by mistake; it is no longer expected.",
        ),
        why=Words(
            fr="Le retrait est inscrit au registre retirement, avec son motif et son auteur. Les jours attendus "
            "avant lui restent décomptés.",
            en="The retirement is an entry of register retirement, with its reason and author. The days expected "
            "before it are still counted.",
        ),
        mend=Words(
            fr="Supprimer sa déclaration de la configuration, puis la recharger. Pour le surveiller de nouveau, "
            "la déclarer ensuite une seconde fois.",
            en="Remove its entry from the configuration and reload it. To watch it again, declare it anew afterwards.",
        ),
    ),
}
