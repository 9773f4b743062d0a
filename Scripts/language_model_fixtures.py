#!/usr/bin/env python3
"""Writes what Tests/ApusModelsTests/LanguageModelWeightsTests.swift loads: `language_model_fixtures.py Tests/Fixtures/languagemodels`.

Small models of random weights with the names and shapes of the published Mamba, Mamba-2, RetNet and RWKV-4, as the authors'
files and as those of Hugging Face's transformers have them; tokens, and the logits that transformers, and of RetNet its
authors' torchscale, compute.
"""

import re
import sys

import torch
from safetensors.torch import save_file
from torchscale.architecture.config import RetNetConfig
from torchscale.architecture.retnet import RetNetDecoder
from transformers import Mamba2Config, Mamba2ForCausalLM, MambaConfig, MambaForCausalLM, RwkvConfig, RwkvForCausalLM

TOKENS = torch.randint(0, 20, (2, 19), generator=torch.Generator().manual_seed(1))


def spread(model):
    """Weights far enough from where they start that each of them counts."""
    for name, parameter in model.named_parameters():
        if "A_log" in name or "norm" in name or re.search(r"ln\d?_?(out)?\.", name) or name.endswith(".D"):
            torch.nn.init.uniform_(parameter, 0.5, 1.5)
        elif "time_mix" in name:
            torch.nn.init.uniform_(parameter, 0, 1)
        else:
            torch.nn.init.uniform_(parameter, -0.5, 0.5)


def mamba2(channels, layers, groups):
    """Its heads are of 64 channels, of twice as many."""
    model = Mamba2ForCausalLM(
        Mamba2Config(
            vocab_size=20,
            hidden_size=channels,
            num_hidden_layers=layers,
            num_heads=channels // 32,
            n_groups=groups,
            tie_word_embeddings=True,
        )
    ).eval()
    spread(model)
    return model


def authors_mamba(state):
    return {key.replace("embeddings", "embedding"): value for key, value in state.items()}


def write(folder, name, state, logits):
    out = {key: value.contiguous().clone() for key, value in state.items()}
    save_file(out, f"{folder}/{name}.safetensors")
    if logits is not None:
        save_file({"tokens": TOKENS, "logits": logits}, f"{folder}/{name}.expected.safetensors")


def authors_rwkv(name):
    name = re.sub(r"^rwkv\.embeddings", "emb", name)
    name = re.sub(r"^rwkv\.", "", name)
    name = name.replace("pre_ln", "ln0").replace("attention", "att").replace("feed_forward", "ffn")
    return re.sub(r"time_mix_(key|value|receptance)", lambda m: f"time_mix_{m[1][0]}", name)


def main():
    folder = sys.argv[1]
    torch.manual_seed(2)
    mamba = MambaForCausalLM(
        MambaConfig(vocab_size=20, hidden_size=8, num_hidden_layers=2, state_size=16, use_mambapy=False)
    ).eval()
    spread(mamba)
    rwkv = RwkvForCausalLM(
        RwkvConfig(vocab_size=20, hidden_size=8, attention_hidden_size=8, num_hidden_layers=2, rescale_every=0, context_length=64)
    ).eval()
    spread(rwkv)
    ungrouped = mamba2(32, 2, 1)
    sizes = dict(decoder_embed_dim=16, decoder_value_embed_dim=32, decoder_ffn_embed_dim=32, decoder_retention_heads=2)
    retnet = RetNetDecoder(
        RetNetConfig(**sizes, decoder_layers=2, vocab_size=20, no_output_layer=False), torch.nn.Embedding(20, 16)
    ).eval()
    spread(retnet)
    grouped = mamba2(64, 1, 2)
    with torch.no_grad():
        mamba_logits, rwkv_logits = mamba(TOKENS).logits, rwkv(TOKENS).logits
        for name, model in [("mamba2", ungrouped), ("mamba2-groups", grouped)]:
            write(folder, name, authors_mamba(model.state_dict()), model(TOKENS).logits)
        write(folder, "retention", retnet.state_dict(), retnet(TOKENS)[0])
    theirs = mamba.state_dict()
    write(folder, "mamba", authors_mamba(theirs), mamba_logits)
    write(folder, "mamba-hf", {key: value for key, value in theirs.items() if key != "lm_head.weight"}, None)
    theirs = rwkv.state_dict()
    write(folder, "rwkv", {authors_rwkv(key): value for key, value in theirs.items()}, rwkv_logits)
    write(folder, "rwkv-hf", theirs, None)


if __name__ == "__main__":
    main()
