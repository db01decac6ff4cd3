"""A check or an audit as the values that the page shows, with the texts of the documents where they are at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from claims.evidence_table import EvidenceRow, evidence_rows
from claims.report import VERDICTS, EvidenceItem, ReportedClaim, ReportedConflict
from claims.reporters.checked import EVIDENCE_SHOWN, most_telling, question_of
from claims.reporters.html import views
from claims.reporters.html.charts import Claimed, charts
from claims.reporters.html.explaining import rule_texts
from claims.reporters.html.links import doi_link
from claims.reporters.html.marking import Marked, Span, cut, grouped, mark
from claims.reporters.standing import said_of_works
from claims.rule_links import RuleLinks, codes_in
from claims.verdicts import conflict_code, rule_name
from evidence.studies import amount

if TYPE_CHECKING:
    from claims.checked_claims import CheckedClaim
    from claims.checked_documents import CheckedDocument
    from claims.checking import CheckResult
    from claims.collection import Collection
    from claims.documents import Document
    from claims.report import Report, ReportedDocument

    AnyClaim = CheckedClaim | ReportedClaim

_SEVERITIES: Final = ("error", "warning", "note")
_ANSWERS: Final = {"so": "says so", "otherwise": "says otherwise"}


def page_of_check(
    result: CheckResult, texts: Mapping[str, Document], collection: Collection, links: RuleLinks
) -> views.Report:
    """The page of a check. ``texts`` holds the documents as they were read, by path."""
    builder = _Builder(collection, result.conflicts, links)
    pages = tuple(builder.checked(document, texts.get(document.path)) for document in result.documents)
    return builder.report("check", result.library, result.summary.words, pages, rule_texts(codes_in(result), links))


def page_of_report(report: Report, texts: Mapping[str, Document], collection: Collection) -> views.Report:
    """The page of an audit. ``texts`` holds the texts at hand, by the path of the source."""
    builder = _Builder(collection, report.conflicts, RuleLinks())
    pages = tuple(builder.audited(document, texts.get(document.path)) for document in report.documents)
    return builder.report("audit", report.library, None, pages, rule_texts(codes_in(report), RuleLinks()))


class _Builder:
    """Numbers claims and conflicts in the order of the page and holds what they have in common."""

    def __init__(self, collection: Collection, conflicts: Iterable[ReportedConflict], links: RuleLinks) -> None:
        self._collection, self._links = collection, links
        self._clashes: dict[tuple[int, str, str], list[ReportedConflict]] = {}
        for conflict in conflicts:
            self._clashes.setdefault((conflict.severity, conflict.kind, question_of(conflict)), []).append(conflict)
        self._touching: dict[str, list[int]] = {}
        for n, found in enumerate(self._clashes.values(), start=1):
            for key in dict.fromkeys(end.id for conflict in found for end in conflict.claims):
                self._touching.setdefault(key, []).append(n)
        self._cards: dict[str, views.Card] = {}
        self._places: dict[str, str] = {}
        self._claimed: list[Claimed] = []
        self._bearing: dict[str, dict[int, str]] = {}
        self._pages = 0

    def checked(self, document: CheckedDocument, text: Document | None) -> views.Page:
        """A document of a check; one that could not be read has no text."""
        source = f"registered source {document.source}" if document.source else ""
        notes = tuple(f"{note.where}: {note.reason}" if note.where else note.reason for note in document.unchecked)
        remarks = tuple(
            views.Remark(place=f"line {remark.line}", code=remark.code, message=remark.message)
            for remark in document.remarks
        )
        about = ", ".join(filter(None, (f"{document.words:,} words" if document.sha256 else "", source)))
        page = self._page(
            document, text, name=document.path, about=about, unchecked=notes, on_subject=document.on_subject
        )
        return msgspec.structs.replace(page, remarks=remarks)

    def audited(self, document: ReportedDocument, text: Document | None) -> views.Page:
        """A registered source, quoted when its text is at hand."""
        about = ", ".join(filter(None, (document.publisher, document.date, f"source {document.source}")))
        return self._page(document, text, name=document.title, about=about, unchecked=(), on_subject=True)

    def _page(
        self,
        document: CheckedDocument | ReportedDocument,
        text: Document | None,
        *,
        name: str,
        about: str,
        unchecked: tuple[str, ...],
        on_subject: bool,
    ) -> views.Page:
        self._pages += 1
        claims: tuple[AnyClaim, ...] = tuple(document.claims)
        numbered = dict(enumerate(claims, start=len(self._cards) + 1))
        spans = [Span(n=n, start=claim.start, end=claim.end) for n, claim in numbered.items()]
        marked = mark(text, spans) if text is not None else Marked(groups=(), passages={})
        cards = tuple(self._card(n, claim, marked.passages.get(n), name) for n, claim in numbered.items())
        groups = marked.groups
        if unplaced := [card for card in cards if card.n not in marked.passages]:
            groups += grouped(
                views.Block(kind="list-item", runs=cut(card.says, [(card.n, 0, len(card.says))])) for card in unplaced
            )
        return views.Page(
            n=self._pages,
            name=name,
            path=document.path,
            sha256=document.sha256 or "",
            about=about,
            groups=groups,
            quoted=text is not None,
            cards=cards,
            counts=_counts(cards),
            unchecked=unchecked,
            on_subject=on_subject,
        )

    def _card(self, n: int, claim: AnyClaim, passage: str | None, document: str) -> views.Card:
        proposition = self._collection.propositions.get(claim.proposition or "")
        severities = {hit.severity for hit in claim.rules}
        importance = claim.importance if isinstance(claim, ReportedClaim) else 0
        says = passage or claim.text
        proof = tuple(map(self._proof, most_telling(claim.verdict, claim.evidence)))
        certainty = f"certainty {proposition.certainty}, reviewed {proposition.reviewed}" if proposition else ""
        card = views.Card(
            n=n,
            id=claim.id,
            verdict=claim.verdict,
            also=claim.also if isinstance(claim, ReportedClaim) else (),
            category=claim.category or "",
            importance=importance or (proposition.importance if proposition else 0),
            severity=next((severity for severity in _SEVERITIES if severity in severities), "none"),
            status=claim.status,
            place=f"line {claim.line}, column {claim.column}" if claim.line else "",
            says=_one_line(says or claim.paraphrase or ""),
            quoted=says is not None,
            reason=claim.reason,
            works=tuple(said_of_works(claim.rules, claim.reason)),
            rules=tuple(
                views.Rule(
                    code=hit.code,
                    name=rule_name(hit.code),
                    message=hit.message,
                    severity=hit.severity,
                    url=self._links.url(hit.code),
                )
                for hit in claim.rules
            ),
            missing=claim.missing,
            suggestion=claim.suggestion or "",
            proof=proof[:EVIDENCE_SHOWN],
            more_proof=proof[EVIDENCE_SHOWN:],
            slots=tuple(self._compared_slots(claim) or self._curated_slots(claim)),
            figures=tuple(self._figures(claim)),
            read_as=f"{claim.polarity}, {claim.certainty}",
            statement=proposition.statement if proposition else "",
            statement_note=certainty,
            conflicts=tuple(self._touching.get(claim.id, ())),
        )
        self._cards[claim.id] = card
        self._places[claim.id] = document
        self._remember(n, claim, f"{document}, line {claim.line}" if claim.line else f"{claim.id}, {document}")
        return card

    def _remember(self, n: int, claim: AnyClaim, where: str) -> None:
        """Keeps what the charts and the evidence table need of the claim."""
        findings = tuple(item.finding for item in claim.evidence)
        for finding in findings:
            self._bearing.setdefault(finding, {})[n] = claim.id
        for quantity in claim.quantities:
            if quantity.get("aspect"):
                low, high = _number(quantity.get("low")), _number(quantity.get("high"))
                self._claimed.append(
                    Claimed(
                        n=n,
                        where=where,
                        verdict=claim.verdict,
                        aspect=str(quantity["aspect"]),
                        low=low,
                        high=high,
                        unit=_word(quantity.get("unit")),
                        proposition=claim.proposition,
                        findings=findings,
                    )
                )

    def _proof(self, item: EvidenceItem) -> views.Proof:
        return views.Proof(
            finding=item.finding,
            stance=item.stance.replace("-", " "),
            summary=item.summary,
            citation=self._citation(item.reference, item.citation),
            locator=item.locator,
            level=item.level,
            verified=item.verified,
            standing=str(item.standing) if item.standing else "",
        )

    def _citation(self, key: str, text: str) -> views.Citation:
        reference = self._collection.library.references.get(key)
        return views.Citation(text=text, link=doi_link(reference.doi if reference else None))

    def _compared_slots(self, claim: AnyClaim) -> list[views.Slot]:
        """The slots of a claim that was read just now, with how each stands to the evidence; none for a curated one."""
        comparisons = () if isinstance(claim, ReportedClaim) else claim.comparisons
        return [
            views.Slot(
                name=compared.slot,
                claimed=self._labels(compared.claimed),
                carried=self._labels(compared.carried),
                relation="not restricted" if compared.relation == "free" else compared.relation,
            )
            for compared in comparisons
            if compared.claimed or compared.carried
        ]

    def _curated_slots(self, claim: AnyClaim) -> Iterator[views.Slot]:
        proposition = self._collection.propositions.get(claim.proposition or "")
        carried = dict(proposition.scope.items()) if proposition else {}
        for slot in dict.fromkeys((*claim.slots, *carried)):
            sides = claim.slots.get(slot, ()), carried.get(slot, ())
            yield views.Slot(name=slot, claimed=self._labels(sides[0]), carried=self._labels(sides[1]), relation="")

    def _labels(self, concepts: Iterable[str]) -> str:
        return ", ".join(map(self._collection.lexicon.label, concepts))

    def _figures(self, claim: AnyClaim) -> Iterator[str]:
        for quantity in claim.quantities:
            value = amount(_number(quantity.get("low")), _number(quantity.get("high")), _word(quantity.get("unit")))
            aspect = _word(quantity.get("aspect"))
            if value:
                yield f"{self._collection.lexicon.label(aspect)}: {value}" if aspect else value

    def report(
        self,
        kind: views.Kind,
        library: Mapping[str, str],
        words: int | None,
        pages: tuple[views.Page, ...],
        rules: tuple[views.RuleText, ...],
    ) -> views.Report:
        """All of it together, once every document is built."""
        rows = evidence_rows(self._collection, self._bearing.keys())
        return views.Report(
            kind=kind,
            library=library["name"],
            library_hash=library["hash"],
            model=library.get("model"),
            words=words,
            counts=_counts(self._cards.values()),
            pages=pages,
            clashes=tuple(self._clash(n, *entry) for n, entry in enumerate(self._clashes.items(), start=1)),
            charts=charts(self._claimed, self._collection),
            findings=tuple(self._finding(n, row) for n, row in enumerate(rows, start=1)),
            rules=rules,
        )

    def _clash(self, n: int, head: tuple[int, str, str], found: list[ReportedConflict]) -> views.Clash:
        severity, kind, question = head
        sides: dict[str, dict[str, views.Passage]] = {}
        for conflict in found:
            # Without named answers each passage is an answer of its own; so is one that the passage itself words.
            answers = conflict.says or [""] * len(conflict.claims)
            for end, says in zip(conflict.claims, answers, strict=False):
                key = f" {end.id}" if not says or (says[0] == "“" and says[-1] == "”") else says
                passage = self._passage(end.id, end.path, ", ".join(end.rests_on))
                sides.setdefault(key, {})[end.id] = passage
        return views.Clash(
            n=n,
            severity=severity,
            kind=kind,
            code=conflict_code(kind),
            question=question,
            sides=tuple(
                views.Side(says=_answer(says), passages=tuple(passages.values())) for says, passages in sides.items()
            ),
        )

    def _passage(self, key: str, path: str, rests_on: str) -> views.Passage:
        if card := self._cards.get(key):
            where = f"{self._places[key]}, {card.place or card.id}"
            return views.Passage(
                claim=card.n, where=where, verdict=card.verdict, says=card.says, quoted=card.quoted, rests_on=rests_on
            )
        curated = self._collection.claims.get(key)
        return views.Passage(
            claim=None,
            where=f"{path}, {key}",
            verdict="",
            says=curated.paraphrase if curated else "",
            quoted=False,
            rests_on=rests_on,
        )

    def _finding(self, n: int, row: EvidenceRow) -> views.Finding:
        reference = self._collection.library.references[row.reference]
        return views.Finding(
            n=n,
            finding=row.finding,
            summary=row.summary,
            citation=self._citation(row.reference, reference.brief),
            design=", ".join(filter(None, (row.design, f"level {row.level}", f"n {row.n}" if row.n else ""))),
            scope=tuple(
                filter(None, (row.population, row.intervention, f"against {row.comparator}" if row.comparator else ""))
            ),
            outcome=", ".join(filter(None, (row.outcome, row.time))),
            result=tuple(
                filter(
                    None,
                    (
                        row.result,
                        f"comparator {row.comparator_result}" if row.comparator_result else "",
                        row.interval,
                        row.p,
                    ),
                )
            ),
            where=f"{row.locator}; verified: {row.verified}",
            standing=row.standing,
            claims=tuple(self._bearing[row.finding].items()),
        )


def _counts(cards: Iterable[views.Card]) -> tuple[tuple[str, int], ...]:
    counted = Counter(card.verdict for card in cards)
    return tuple((verdict, counted[verdict]) for verdict in VERDICTS)


def _answer(says: str) -> str:
    """The answer as a heading over its passages, without the words that the passages repeat."""
    if says.startswith(" "):
        return ""
    return says.rpartition("”")[2].strip(" ()") if says.startswith("“") else _ANSWERS.get(says, says)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _word(value: object) -> str | None:
    return str(value) if value else None
