from __future__ import annotations

import numpy as np
import pytest

from classifier.ngrams import NgramTable, hashes


def test_a_text_gives_one_hash_for_each_ngram() -> None:
    assert len(hashes("楼上漏水")) == 4 + 3 + 2 + 1
    assert len(hashes("水")) == 1
    assert len(hashes("")) == 0


def test_equal_ngrams_hash_alike_and_others_apart() -> None:
    values = hashes("漏水漏水")
    assert len(np.unique(values)) == len({"漏", "水", "漏水", "水漏", "漏水漏", "水漏水", "漏水漏水"})
    assert set(hashes("漏水")) <= set(values)
    assert not set(hashes("欠薪")) & set(values)


def test_table_keeps_what_was_seen_often_enough_and_weights_have_unit_length() -> None:
    table = NgramTable.fit(["拖欠工资", "拖欠房租", "楼上漏水"], at_least=2)
    assert len(table.known) == 3  # 拖, 欠, 拖欠
    rows, weights = table.rows("老板拖欠工资")
    assert len(rows) == 3
    assert rows.min() >= 1
    assert float(np.linalg.norm(weights)) == pytest.approx(1.0, abs=1e-5)
    nothing, none = table.rows("天气")
    assert len(nothing) == len(none) == 0


def test_table_survives_the_disk(tmp_path) -> None:
    table = NgramTable.fit(["拖欠工资", "拖欠房租"], at_least=1)
    table.save(tmp_path / "ngrams.npz")
    again = NgramTable.load(tmp_path / "ngrams.npz")
    assert (again.known == table.known).all()
    for text in ("拖欠", "工资", "房"):
        assert again.rows(text)[1] == pytest.approx(table.rows(text)[1], abs=1e-3)
