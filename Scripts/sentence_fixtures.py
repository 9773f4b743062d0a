#!/usr/bin/env python3
"""Writes the small sentence-embedding model that the tests run, and what Hugging Face's `transformers` computes with it.

usage: sentence_fixtures.py Tests/Fixtures/tokenizers/wordpiece.json Tests/Fixtures/sentences
"""

import json
import pathlib
import shutil
import sys

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

TEXTS = ["", "The cat sits on the mat.", "A Déjà-vu moment!", "one two three four five six seven eight nine ten " * 4]
LENGTH = 24


def main(vocabulary, folder):
    folder = pathlib.Path(folder)
    (folder / "1_Pooling").mkdir(parents=True, exist_ok=True)
    shutil.copy(vocabulary, folder / "tokenizer.json")
    tokenizer = Tokenizer.from_file(vocabulary)
    tokenizer.no_padding()
    tokenizer.enable_truncation(LENGTH)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=16, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=24, max_position_embeddings=32, layer_norm_eps=1e-12,
    )
    model = BertModel(config).eval()
    state = {}
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.uniform_(-0.5, 0.5)
            state[name] = parameter.clone()
    state["embeddings.position_ids"] = torch.arange(32)[None]
    save_file(state, folder / "model.safetensors")
    settings = {key: value for key, value in config.to_dict().items() if isinstance(value, (str, int, float, bool))}
    (folder / "config.json").write_text(json.dumps(settings, indent=1, sort_keys=True) + "\n")
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": LENGTH}) + "\n")
    pooling = {"word_embedding_dimension": 16, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}
    (folder / "1_Pooling/config.json").write_text(json.dumps(pooling) + "\n")
    model.double()
    vectors = []
    for text in TEXTS:
        ids = torch.tensor([tokenizer.encode(text).ids])
        with torch.no_grad():
            vectors.append(torch.nn.functional.normalize(model(ids).last_hidden_state.mean(1)[0], dim=0).tolist())
    (folder / "vectors.json").write_text(json.dumps({"texts": TEXTS, "vectors": vectors}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
