"""What the addresses of ``selection`` name."""

from tests.routes import NOWHERE, Sample, of_call, of_candidate, plus

SAMPLES = {
    "selection.scheme": Sample(of_call),
    "selection.bonuses": Sample(of_call),
    "selection.bonus_template": Sample(of_call),
    "selection.marks": Sample(of_call),
    "selection.marks_template": Sample(of_call),
    "selection.marks_entry": Sample(plus(of_call, entry_id=NOWHERE), own=False),
    "selection.confirm_marks": Sample(plus(of_call, entry_id=NOWHERE), own=False),
    "selection.drop_marks": Sample(plus(of_call, entry_id=NOWHERE), own=False),
    "selection.find_marks": Sample(of_call),
    "selection.marks_of": Sample(plus(of_call, ticket="x"), own=False),
    "selection.correct_mark": Sample(plus(of_call, ticket="x"), own=False),
    "selection.rule_attendance": Sample(plus(of_call, ticket="x", subject="xingce"), own=False),
    "selection.recounts": Sample(of_call),
    "selection.answer_recount": Sample(plus(of_call, recount_id=NOWHERE), own=False),
    "selection.ranking_index": Sample(of_call),
    "selection.ranking": Sample(plus(of_call, stage="written")),
    "selection.ranked_position": Sample(plus(of_call, stage="written", code="x"), own=False),
    "selection.compute": Sample(plus(of_call, stage="written")),
    "selection.publish": Sample(plus(of_call, stage="written", ranking_id=NOWHERE), own=False),
    "selection.supplement": Sample(of_call),
    "selection.withdraw": Sample(plus(of_call, stage="written", ranking_id=NOWHERE), own=False),
    "selection.published": Sample(plus(of_call, stage="written"), own=False),
    "selection.published_position": Sample(plus(of_call, stage="written", code="x"), own=False),
    "selection.certificate": Sample(plus(of_call, stage="written"), own=False),
    "selection.scores": Sample(of_candidate, foreign=True),
}

SAMPLES |= {
    "selection.recheck_queue": Sample(),
    "selection.recheck_substitutes": Sample(),
    "selection.recheck_show": Sample(of_candidate, foreign=True),
    "selection.recheck_decide": Sample(plus(of_candidate, trigger="pass_recheck"), foreign=True),
    "selection.closing": Sample(of_call),
    "selection.close_rest": Sample(of_call),
    "selection.substitution": Sample(of_candidate, foreign=True),
    "selection.give_up": Sample(of_candidate, foreign=True),
}

SAMPLES |= {
    "selection.interview": Sample(of_call),
    "selection.interview_plan": Sample(of_call),
    "selection.interview_groups": Sample(of_call),
    "selection.interview_examiners": Sample(of_call),
    "selection.interview_template": Sample(of_call),
    "selection.interview_signatures": Sample(of_call),
    "selection.draw": Sample(of_call),
    "selection.undo_draw": Sample(of_call),
    "selection.extra_interview": Sample(of_call),
    "selection.medical_list": Sample(of_call),
    "selection.to_medical": Sample(of_call),
    "selection.published_draw": Sample(of_call, own=False),
    "selection.own_interview": Sample(of_candidate, foreign=True),
}

SAMPLES |= {
    f"selection.{name}": Sample(of_call) for name in ("import_marks", "import_interview", "import_bonuses")
} | {
    f"selection.{name}_upload": Sample(plus(of_call, upload_id=NOWHERE), own=False)
    for name in ("import_marks", "import_interview", "import_bonuses")
}

SAMPLES |= {
    "selection.recusals": Sample(of_call),
    "selection.declare_recusal": Sample(of_call),
    "selection.withdraw_recusal": Sample(plus(of_call, recusal_id=NOWHERE)),
    "selection.score_sheets": Sample(of_call, own=False),
    "selection.correct_interview": Sample(plus(of_call, ticket="x"), own=False),
    "selection.interview_correction": Sample(plus(of_call, correction_id=NOWHERE), own=False),
    "selection.settle_correction": Sample(plus(of_call, correction_id=NOWHERE, answer="accept")),
}
