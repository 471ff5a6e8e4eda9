// One spelling for all that can be searched: width, case, kana or romaji (Hepburn and Kunrei), long vowels and double letters
// make no difference. `tanaka`, `Tanaka`, `たなか`, `タナカ` and `ﾀﾅｶ` fold to the same; kanji stay as they are.

/** Kana → Kunrei, row by row; what is written with two kana comes first. */
const ROWS = {
  きゃ: "kya", きゅ: "kyu", きょ: "kyo", ぎゃ: "gya", ぎゅ: "gyu", ぎょ: "gyo",
  しゃ: "sya", しゅ: "syu", しょ: "syo", しぇ: "sye", じゃ: "zya", じゅ: "zyu", じょ: "zyo", じぇ: "zye",
  ちゃ: "tya", ちゅ: "tyu", ちょ: "tyo", ちぇ: "tye", ぢゃ: "zya", ぢゅ: "zyu", ぢょ: "zyo",
  てぃ: "ti", でぃ: "zi", とぅ: "tu", どぅ: "zu", つぁ: "tua", つぇ: "tue", つぉ: "tuo",
  にゃ: "nya", にゅ: "nyu", にょ: "nyo", ひゃ: "hya", ひゅ: "hyu", ひょ: "hyo",
  びゃ: "bya", びゅ: "byu", びょ: "byo", ぴゃ: "pya", ぴゅ: "pyu", ぴょ: "pyo",
  みゃ: "mya", みゅ: "myu", みょ: "myo", りゃ: "rya", りゅ: "ryu", りょ: "ryo",
  ふぁ: "ha", ふぃ: "hi", ふぇ: "he", ふぉ: "ho", うぃ: "wi", うぇ: "we", うぉ: "wo",
  ゔぁ: "ba", ゔぃ: "bi", ゔぇ: "be", ゔぉ: "bo", ゔ: "bu",
  あ: "a", い: "i", う: "u", え: "e", お: "o", か: "ka", き: "ki", く: "ku", け: "ke", こ: "ko",
  が: "ga", ぎ: "gi", ぐ: "gu", げ: "ge", ご: "go", さ: "sa", し: "si", す: "su", せ: "se", そ: "so",
  ざ: "za", じ: "zi", ず: "zu", ぜ: "ze", ぞ: "zo", た: "ta", ち: "ti", つ: "tu", て: "te", と: "to",
  だ: "da", ぢ: "zi", づ: "zu", で: "de", ど: "do", な: "na", に: "ni", ぬ: "nu", ね: "ne", の: "no",
  は: "ha", ひ: "hi", ふ: "hu", へ: "he", ほ: "ho", ば: "ba", び: "bi", ぶ: "bu", べ: "be", ぼ: "bo",
  ぱ: "pa", ぴ: "pi", ぷ: "pu", ぺ: "pe", ぽ: "po", ま: "ma", み: "mi", む: "mu", め: "me", も: "mo",
  や: "ya", ゆ: "yu", よ: "yo", ら: "ra", り: "ri", る: "ru", れ: "re", ろ: "ro", わ: "wa", を: "o", ん: "n",
  ぁ: "a", ぃ: "i", ぅ: "u", ぇ: "e", ぉ: "o", ゃ: "ya", ゅ: "yu", ょ: "yo", っ: "", ー: "",
};

/** Hepburn and what people type → Kunrei, in this order. */
const SPELLINGS = [
  [/shi/g, "si"], [/sh/g, "sy"], [/[tc]ch/g, "ch"], [/chi/g, "ti"], [/ch/g, "ty"], [/ts/g, "t"],
  [/di/g, "zi"], [/du/g, "zu"], [/ji/g, "zi"], [/jy?/g, "zy"], [/f/g, "h"], [/v/g, "b"],
  [/m(?=[bmp])/g, "n"], [/n'/g, "n"], [/wo/g, "o"], [/oh(?![aiueoy])/g, "o"], [/ou/g, "o"],
  [/([a-z])\1+/g, "$1"],
];

/** The beginning of a syllable that is not typed to its end yet. */
const BEGUN = [[/sh$/, "s"], [/[tc]?ch?$/, "t"], [/ts$/, "t"], [/j$/, "z"], [/n'$/, "n"]];

const apply = (rules, text) => rules.reduce((so, [from, to]) => so.replace(from, to), text);

const KANA = new RegExp(Object.keys(ROWS).join("|"), "g");

/** The one spelling of a name, a reading or a number; of what is being typed with `isTyped`. */
export function fold(text, isTyped = false) {
  const plain = text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .replace(KANA, (kana) => ROWS[kana])
    .normalize("NFD")
    .replace(/[\u0302\u0304]/g, "")
    .normalize("NFC")
    .replace(/[\s\-・]/g, "");
  return apply(SPELLINGS, isTyped ? apply(BEGUN, plain) : plain);
}
