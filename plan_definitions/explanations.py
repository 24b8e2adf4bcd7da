"""What every key of the files means, for the schemas that editors read.

A path is the kind of file and the keys down to the one explained; `*` stands for a name of the file's own.
"""

from collections.abc import Mapping
from types import MappingProxyType

from plan_definitions.diagnostics import Phrase

TITLES: Mapping[str, Phrase] = MappingProxyType(
    {
        "plan": Phrase("Plan"),
        "units": Phrase("Units, contacts and groups"),
        "calendar": Phrase("Working days"),
        "clauses": Phrase("Clauses of the signed document"),
    }
)
"""The files, by `json_schema.FileKind`."""

EXPLANATIONS: Mapping[str, Phrase] = MappingProxyType(
    {
        "plan.format": Phrase("Version of the language; always 1."),
        "plan.id": Phrase(
            "The plan's identifier: lower-case words without diacritics joined by `-`, with the year. "
            "It stays the same for the life of the plan."
        ),
        "plan.title": Phrase("What the plan is called in letters and on pages."),
        "plan.theme": Phrase("The year's theme."),
        "plan.units": Phrase("The file of units and contacts, in this folder or below."),
        "plan.calendar": Phrase("The file of days off and make-up working days."),
        "plan.clauses": Phrase(
            "The list of the document's clauses. With it every task must cite clauses that exist, and "
            "duties without a task are warned of."
        ),
        "plan.document": Phrase("What the signed paper says about itself."),
        "plan.document.issuer": Phrase("The unit that issues the document, as in units.yaml."),
        "plan.document.symbol": Phrase("The document's symbol, `/KH-UBND`."),
        "plan.document.number": Phrase("The full number once there is one; in quotes."),
        "plan.document.based_on": Phrase("Papers that this one is based on, with number and date."),
        "plan.document.signer": Phrase("Who signs."),
        "plan.document.signer.authority": Phrase("In whose place: `KT. CHỦ TỊCH`."),
        "plan.document.signer.title": Phrase("The signer's office: `PHÓ CHỦ TỊCH`."),
        "plan.document.signer.name": Phrase("The signer's name."),
        "plan.document.recipients": Phrase("Where the document is sent, one entry for each line."),
        "plan.document.venue": Phrase("Where the main event takes place."),
        "plan.anchors": Phrase(
            "The dates that everything else is measured from: the only ones to change next year. A name"
            " and a day, `launch: 2026-06-01`."
        ),
        "plan.anchors.*": Phrase("A day as year-month-day: 2026-06-01."),
        "plan.ladders": Phrase(
            "Who is reminded and told, and when, by the name of the ladder. Tasks without `ladder` "
            "climb `default`."
        ),
        "plan.ladders.*": Phrase("One ladder: reminders before the due date, reports after it."),
        "plan.ladders.*.remind": Phrase("When to remind: `2 working days before`, `on the day`."),
        "plan.ladders.*.escalate": Phrase(
            "After the due date: after how many working days who hears of it, later rungs later."
        ),
        "plan.ladders.*.escalate.after": Phrase("Working days after the due date: `3 working days`."),
        "plan.ladders.*.escalate.to": Phrase("Who hears: standing_office, deputy_chair, chair."),
        "plan.ladders.*.urgent": Phrase(
            "Send rungs at once instead of joining Monday's list to the chair: for work near a fixed event."
        ),
        "plan.tasks": Phrase("The tasks, each under its identifier; letters and links name it, so it stays."),
        "plan.tasks.*": Phrase("One task: what, who leads, by when."),
        "plan.tasks.*.title": Phrase("What is to be done, as letters say it."),
        "plan.tasks.*.note": Phrase("A hint for the unit, shown under the title. No children's names."),
        "plan.tasks.*.kind": Phrase(
            "task; event keeps its date even on a day off; ongoing is standing work that is never overdue."
        ),
        "plan.tasks.*.clauses": Phrase(
            "The clauses of the document that this task carries out; the one that names the unit first."
        ),
        "plan.tasks.*.lead": Phrase("Who leads: one unit, or `{{each: GROUP}}` for every member by itself."),
        "plan.tasks.*.lead.each": Phrase("The group every member of which leads by itself."),
        "plan.tasks.*.with": Phrase("Who helps: units or groups."),
        "plan.tasks.*.start": Phrase(
            "From when it may be worked on: an anchor, a task or a day, with a distance: `launch - 15 "
            "working days`. Without it work opens when what it waits for is done."
        ),
        "plan.tasks.*.due": Phrase(
            "By when: an anchor, a task or a day, with a distance: `launch - 7 working days`. A day off"
            " rolls as `roll` says."
        ),
        "plan.tasks.*.repeat": Phrase(
            "Instead of `start` and `due`: `every friday from opens to closes`, `every 2 weeks on "
            "monday, from A to B`, `monthly on day 25, from A to B`."
        ),
        "plan.tasks.*.after": Phrase("What it waits for: tasks, or `{{task: x, lag: 1 working day}}`."),
        "plan.tasks.*.after.task": Phrase("The task it waits for."),
        "plan.tasks.*.after.lag": Phrase("How long after that one: `1 working day`, `2 weeks`."),
        "plan.tasks.*.after.soft": Phrase("Shown, but does not block."),
        "plan.tasks.*.after.same_unit": Phrase("Each member waits for its own part of that task only."),
        "plan.tasks.*.ladder": Phrase("The ladder it climbs; `default` if absent."),
        "plan.tasks.*.roll": Phrase("Where a due date goes that falls on a day off: previous, next or keep."),
        "plan.tasks.*.evidence": Phrase(
            "What to hand in: none, required (a file), document (a file, or number and date of a dispatch)."
        ),
        "plan.tasks.*.none_allowed": Phrase('Whether "nothing to report" counts as done.'),
        "plan.tasks.*.confidential": Phrase(
            "Figures are seen by lead, office and leadership only; others see the state."
        ),
        "plan.tasks.*.accept": Phrase(
            "The role that confirms the result: standing_office, deputy_chair, chair. Nobody accepts "
            "its own work."
        ),
        "plan.tasks.*.complete_when": Phrase(
            "How many members must be done: all, 80% (rounded up), or a count."
        ),
        "plan.tasks.*.indicators": Phrase(
            "Counted results, each under its identifier. Numbers only, no names."
        ),
        "plan.tasks.*.indicators.*": Phrase("One count."),
        "plan.tasks.*.indicators.*.title": Phrase("What is counted."),
        "plan.tasks.*.indicators.*.target": Phrase("The target; without it the figure is added up only."),
        "plan.tasks.*.indicators.*.unit": Phrase("In what it is counted: trẻ, buổi, suất."),
        "plan.tasks.*.budget": Phrase("The money it takes, line by line."),
        "plan.tasks.*.budget.item": Phrase("What it is for."),
        "plan.tasks.*.budget.quantity": Phrase("How many; digits only."),
        "plan.tasks.*.budget.unit_price": Phrase("Price of one in đồng, digits only: 300000, not 300.000."),
        "plan.tasks.*.budget.source": Phrase("Who pays; lines with the same word are added up."),
        "plan.tasks.*.was": Phrase(
            "The identifier this task had before it was renamed, so that its progress is kept."
        ),
        "units.office": Phrase("The office's identifier."),
        "units.name": Phrase("The full name of the People's Committee."),
        "units.place": Phrase("Where it is, for papers and letters."),
        "units.roles": Phrase("Which unit holds which role when work is reported upwards."),
        "units.roles.standing_office": Phrase("The unit that follows up the plans."),
        "units.roles.deputy_chair": Phrase("The deputy chair in charge."),
        "units.roles.chair": Phrase("The chair."),
        "units.units": Phrase("The units, each under its identifier."),
        "units.units.*": Phrase("One unit and how it is reached."),
        "units.units.*.name": Phrase("Full name."),
        "units.units.*.short": Phrase("Short name for tables and Zalo."),
        "units.units.*.salutation": Phrase("Whom letters address, word for word."),
        "units.units.*.manner": Phrase(
            "order, or request for those who are asked, not told (the Front, the Youth Union)."
        ),
        "units.units.*.copy_to": Phrase("A unit that gets a copy of its letters."),
        "units.units.*.via": Phrase("The unit whose letter carries this one's section."),
        "units.units.*.contacts": Phrase("The people to write to or call."),
        "units.units.*.contacts.id": Phrase("The contact's identifier within the unit."),
        "units.units.*.contacts.title": Phrase("Office held; letters go to the office, not to the name."),
        "units.units.*.contacts.name": Phrase("Name, for the office only."),
        "units.units.*.contacts.channel": Phrase("mail, or by hand: zalo, phone, paper."),
        "units.units.*.contacts.email": Phrase("E-mail address."),
        "units.units.*.contacts.phone": Phrase("Telephone number, in quotes."),
        "units.units.*.contacts.substitute": Phrase(
            "The contact of the same unit who stands in while this one is away."
        ),
        "units.units.*.contacts.away": Phrase("Days away, both included: `2026-06-08..2026-06-12`."),
        "units.groups": Phrase("Groups of units; a group may hold groups."),
        "units.groups.*": Phrase("The members of a group."),
        "calendar.vouched": Phrase("Years whose holidays somebody checked against the announcement."),
        "calendar.days_off": Phrase("Days off beyond weekends and public holidays."),
        "calendar.days_off.date": Phrase("The day, year-month-day."),
        "calendar.days_off.name": Phrase("Why it is off."),
        "calendar.working_days": Phrase("Make-up working days: Saturdays worked in exchange."),
        "clauses.clauses": Phrase("The document's clauses by number, `V.6.2`."),
        "clauses.clauses.*": Phrase("One clause."),
        "clauses.clauses.*.duty": Phrase("What the clause asks for, in few words."),
        "clauses.clauses.*.lead": Phrase("Who leads in it, as the document says or the office reads it."),
        "clauses.clauses.*.with": Phrase("Who helps in it."),
        "clauses.clauses.*.form": Phrase("fact needs nobody; deliverable, event and ongoing are duties."),
        "clauses.clauses.*.named": Phrase("Whether the document names the units at this very place."),
        "clauses.clauses.*.facts": Phrase("Figures, dates, places that the clause states."),
        "clauses.clauses.*.cite": Phrase("How letters cite the clause, where its number does not read well."),
    }
)
