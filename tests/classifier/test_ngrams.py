from __future__ import annotations

import jieba
import numpy as np
import pytest

from classifier.ngrams import NgramTable, character_hashes, word_hashes, words


def test_a_text_gives_its_characters_pairs_and_words() -> None:
    assert len(character_hashes("楼上漏水")) == 4 + 3
    assert len(character_hashes("水")) == 1
    assert len(character_hashes("")) == len(word_hashes("")) == 0
    assert words("楼上漏水") == ["楼上", "漏水"]
    assert len(word_hashes("楼上漏水")) == 2
    assert set(words("拖欠工资")) >= {"拖欠", "工资"}


def test_equal_features_hash_alike_and_others_apart() -> None:
    values = character_hashes("漏水漏水")
    assert len(np.unique(values)) == len({"漏", "水", "漏水", "水漏"})
    assert set(character_hashes("漏水")) <= set(values)
    assert not set(character_hashes("欠薪")) & set(values)
    assert not set(word_hashes("漏水")) & set(values)  # the word is another feature than the pair


def test_table_keeps_what_was_seen_often_enough_and_each_part_has_unit_length() -> None:
    table = NgramTable.fit(["拖欠工资", "拖欠房租", "楼上漏水"], at_least=2)
    assert len(table.known) == 4  # 拖, 欠, the pair 拖欠, the word 拖欠
    rows, weights = table.rows("老板拖欠工资")
    assert len(rows) == 4
    assert rows.min() >= 1
    assert float(np.linalg.norm(weights)) == pytest.approx(2**0.5, abs=1e-5)
    nothing, none = table.rows("天气")
    assert len(nothing) == len(none) == 0


def test_words_added_to_jieba_elsewhere_change_nothing() -> None:
    before = words("楼上漏水谁管")
    jieba.add_word("上漏水谁", freq=10**7)
    try:
        assert words("楼上漏水谁管") == before
    finally:
        jieba.del_word("上漏水谁")


def test_table_survives_the_disk(tmp_path) -> None:
    table = NgramTable.fit(["拖欠工资", "拖欠房租"], at_least=1)
    table.save(tmp_path / "ngrams.npz")
    again = NgramTable.load(tmp_path / "ngrams.npz")
    assert (again.known == table.known).all()
    for text in ("拖欠", "工资", "房"):
        assert again.rows(text)[1] == pytest.approx(table.rows(text)[1], abs=1e-3)
