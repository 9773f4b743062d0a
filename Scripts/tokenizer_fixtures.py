#!/usr/bin/env python3
"""Writes Tests/Fixtures/tokenizers: small tokenizers of Hugging Face's, and what they make of texts; needs tokenizers
(0.23 wrote what is there).

    tokenizer_fixtures.py

The vocabularies are learned from corpus.txt, which lies there: parts of Apus's own documentation. `cases.json` has the texts,
for each tokenizer the tokens and what they are decoded to without special tokens and with them, and the words into which
the patterns cut the texts. The trainer of WordPiece decides ties by chance: each run gives another vocabulary.
"""

import json
import pathlib
import random

from tokenizers import (
    AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers,
)

FOLDER = pathlib.Path(__file__).parent.parent / "Tests/Fixtures/tokenizers"
corpus = (FOLDER / "corpus.txt").read_text()

CL100K = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN = CL100K.replace(r"\p{N}{1,3}", r"\p{N}")

texts = [
    "", " ", "  ", "   ", "\n", "\n\n", "\t", "\r\n", " \n", "\n ", "a", " a", "a ", " a ", "  a  b  ", "a\n", "a \n b",
    "a\n\n\nb", "a \n\n b", "a\t\tb", "a\r\nb\r\n", "a\rb \r c!\r\rd:\r\n\r\ne\r", "\ta", "a\u00a0b", "a\u3000b", "a\u2028b\u2029c", "a\u0085b", "a\x0b\x0cb",
    "The cat sits on the mat.", "A Déjà-vu moment: GPT-4's naïve tokenizer fails?",
    "I'm sure they're here, we've seen 'em; you'd say it'll do, don't you? It's Bob's.", "I'M SURE THEY'RE IT'LL 'S 'ſ'K",
    "'s't're", " 's", "''s", "'", "' s", "'sa 'rex 'l 'v", "do not can not", "it ' s", "a , b . c ! d ? e",
    "3.14159 2,718,281 0x1F 1234567890 ½ Ⅷ x² ١٢٣ १२३", "a1b22c333d4444", "1st 2nd 3rd", "e\u0301 é n\u0303 ñ a\u0323\u0302 ậ",
    "\u0301a", "a \u0301b", "Å Å Å Ω Ω K K", "ÀÉÎÕÜ ßẞ İıI ΑΣ ΣΑΣ ﬁ ﬀ ǅ", "Straße Ærøskøbing Łódź Đà Nẵng",
    "今天天气很好，我们去公园。", "東京タワーとスカイツリー", "안녕하세요 세계", "가나다", "漢字とkanjiが混ざる123円",
    "豈 豈 更 金", "𠀀𪜶𫝀 𫠠 𫤠 㐀 䶵", "مرحبا بالعالم", "שָׁלוֹם", "नमस्ते दुनिया", "สวัสดีชาวโลก", "Привет, мир! Ёлка йод", "Γειά σου Κόσμε",
    "👍", "👩‍👩‍👧‍👦 🏳️‍🌈 👋🏽 🇩🇪🇫🇷", "a😀b😀😀c", "\u200da\u200b\u200cb\ufeffc\u00adz", "\ufffd \ufffe \uffff x\ufffdy", "\x00a\x00b", "\x01\x1f\x7f\x80\x9f",
    "\ue000\uf8ff \U000f0000 \U0010fffd", "\U000e0001\U000e0020\U000e007f", "a_b__c ___ --- *** ... !!! ??? (x[y]{z}) <tag/> @#$%^&*",
    "¡hola! ¿qué? «oui» „ja“ – — … ‰ € £ ¥ © ® ™ ° ± × ÷", "៚ ᙭ 𑇉 ᜴ ᢅ ᢆ ꦽ 𑜞 \u061d \u2e45 \u0898", "tensor.shape == [2, 3] && x->y != 0;\n    return f(x);\n",
    "word " * 12, "x" * 100, "x" * 101, "é" * 100, "é" * 101, "ab" * 90, "a" * 300, "=" * 70, " " * 70 + "x", "\n" * 40,
    "<|endoftext|>", "a<|endoftext|>b", " <|endoftext|> ", "<|endoftext|><|endoftext|>", "<|endoftext", "<pad><pad >", "<s>a</s>",
    "[CLS] a [SEP]", "[MASK]", "the [MASK] sat", "[UNK][PAD]", "[mask]", "[ MASK ]", "a <left> b", "a <right> b", "a  \n <left>\t<right>  \n b",
    "<word>", "a<word>b", "a <word> b", "_<word>", "<word>é", "-<word>-", "<lefty> <left><left>", "ünö ÜNÖ Ünö U\u0308no\u0308 <Ünö> Ởn O\u031b\u0309n ởn",
    "tokens tokenization untokenizable untokenizables", "Convolutions of a TransposedConvolution, gradients' gradient",
]
# Neighbors of all kinds.
kinds = random.Random(1)
alphabet = ["a", "s", "l", "é", "今", "1", "2", "½", " ", " ", "\n", "\r", "\t", "\u3000", "!", "'", "\u0301", "😀"]
texts += ["".join(kinds.choices(alphabet, k=400)) for _ in range(4)]


def learned(special, model, trainer, preparation, normalizer=None):
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = preparation
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.train_from_iterator(corpus.splitlines(keepends=True), trainer(special_tokens=special))
    return tokenizer


def bytes_trainer(special_tokens):
    return trainers.BpeTrainer(
        vocab_size=700, special_tokens=special_tokens, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )


def split(pattern):
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    ])


def byte_level(settings):
    return Tokenizer.from_str(json.dumps(json.loads(bpe.to_str()) | settings))


bpe = learned(
    ["<|endoftext|>", "<pad>"], models.BPE(), bytes_trainer, pre_tokenizers.ByteLevel(add_prefix_space=False))
bpe.decoder = decoders.ByteLevel()

# RoBERTa's ways, with the merges as old files have them.
content = json.loads(bpe.to_str())
content["model"]["merges"] = [" ".join(merge) for merge in content["model"]["merges"]]
content["model"] |= {"unk_token": "<pad>", "fuse_unk": True}
# Without some bytes, which become the unknown token.
content["model"]["vocab"] = {k: v for k, v in content["model"]["vocab"].items() if "q" not in k and "Q" not in k}
content["model"]["merges"] = [merge for merge in content["model"]["merges"] if "q" not in merge and "Q" not in merge]
content["pre_tokenizer"] = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
content["post_processor"] = {
    "type": "RobertaProcessing", "sep": ["<|endoftext|>", 0], "cls": ["<|endoftext|>", 0],
    "trim_offsets": True, "add_prefix_space": True,
}
prefixed = content

# Llama 3's ways, and added tokens of every kind.
llama = Tokenizer.from_str(bpe.to_str())
llama.normalizer = normalizers.NFC()
llama.pre_tokenizer = split(CL100K)
llama.add_special_tokens([AddedToken("<s>"), AddedToken("<left>", lstrip=True), AddedToken("<right>", rstrip=True)])
# Hugging Face's decoder takes added tokens of Latin-1 for bytes: this one is none.
llama.add_tokens([AddedToken("<word>", single_word=True), AddedToken("Ởn"), AddedToken("untokenizable", normalized=False)])
llama.add_tokens(["untokenizables"])
start = llama.token_to_id("<s>")
llama.post_processor = processors.Sequence([
    processors.ByteLevel(trim_offsets=False),
    processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", start)]),
])
content = json.loads(llama.to_str())
content["model"]["ignore_merges"] = True
# A whole word that no merges lead to.
content["model"]["merges"] = [merge for merge in content["model"]["merges"] if merge[0] + merge[1] != "\u0120the"]
content["model"]["vocab"]["\u0120the"] = bpe.token_to_id("\u0120the")
llama = content

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def pieces_trainer(special_tokens):
    return trainers.WordPieceTrainer(
        vocab_size=900, special_tokens=special_tokens, show_progress=False,
        initial_alphabet=list("abcdefghijklmnopqrstuvwxyz0123456789天気很好我們é"),
    )


uncased = learned(
    SPECIAL, models.WordPiece(unk_token="[UNK]"), pieces_trainer, pre_tokenizers.BertPreTokenizer(),
    normalizers.BertNormalizer())
cls, sep = uncased.token_to_id("[CLS]"), uncased.token_to_id("[SEP]")
uncased.decoder = decoders.WordPiece()
uncased.post_processor = processors.TemplateProcessing(
    single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", cls), ("[SEP]", sep)])
# Neither counts: they are for each call to say.
uncased.enable_padding(length=64)
uncased.enable_truncation(16)

cased = learned(
    SPECIAL, models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=20), pieces_trainer,
    pre_tokenizers.BertPreTokenizer(),
    normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False))
cased.normalizer = normalizers.BertNormalizer(
    clean_text=False, handle_chinese_chars=False, strip_accents=None, lowercase=False)
cased.decoder = decoders.WordPiece(cleanup=False)
cased.post_processor = processors.BertProcessing(("[SEP]", sep), ("[CLS]", cls))
cased.add_tokens([AddedToken("Ünö"), AddedToken("<word>", single_word=True)])

written = {
    "bpe": json.loads(bpe.to_str()), "bpe-prefixed": prefixed, "bpe-llama": llama,
    "wordpiece": json.loads(uncased.to_str()), "wordpiece-cased": json.loads(cased.to_str()),
}
cases = {"texts": texts, "tokenizers": {}, "words": {}}
for name, content in written.items():
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    (FOLDER / f"{name}.json").write_text(text + "\n")
    tokenizer = Tokenizer.from_file(str(FOLDER / f"{name}.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    ids = [tokenizer.encode(text).ids for text in texts]
    cases["tokenizers"][name] = {
        "ids": ids,
        "decoded": [tokenizer.decode(x) for x in ids],
        "complete": [tokenizer.decode(x, skip_special_tokens=False) for x in ids],
    }
(FOLDER / "vocab.txt").write_text(
    "".join(f"{token}\n" for token, _ in sorted(uncased.get_vocab().items(), key=lambda entry: entry[1])))
for name, pattern in {"cl100k": CL100K, "singleDigits": QWEN}.items():
    cut = pre_tokenizers.Split(Regex(pattern), "isolated")
    cases["words"][name] = [[word for word, _ in cut.pre_tokenize_str(text)] for text in texts]
cut = pre_tokenizers.Split(
    Regex(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"), "isolated")
cases["words"]["gpt2"] = [[word for word, _ in cut.pre_tokenize_str(text)] for text in texts]
(FOLDER / "cases.json").write_text(json.dumps(cases, ensure_ascii=False, separators=(",", ":")) + "\n")
