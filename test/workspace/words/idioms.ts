/** A turn that technical English does not use, and what to write. */
export interface Idiom {
  /** A regular expression; a space is any white space, also over the lines of a comment. */
  readonly turn: string
  readonly say: string
}

/**
 * Turns that sound translated. The 132,000 words of documents and comments of Hono, undici, jose, ky and golang/oauth2 hold 11
 * of them in total, and 8 different ones.
 */
export const IDIOMS: readonly Idiom[] = [
  // Actors: name who does it.
  { turn: 'nobody', say: 'no one, or name who: "no user", "no process"' },
  { turn: 'somebody', say: 'name who: "a user", "another process"' },
  { turn: 'everybody', say: 'name who: "all callers", "every process"' },
  { turn: 'anybody', say: 'anyone' },
  { turn: 'whoever', say: 'anyone who; or name who: "a process that"' },
  { turn: '(?<=[.:;] )who (has|reads|is|wants|calls|gives|takes|signs)', say: 'anyone who …, or a subject' },
  { turn: '(is|are) told', say: 'gets an event or an error: which?' },
  { turn: 'needs? (nobody|a person|none|no one)', say: '"no user has to …", "a user has to sign in"' },
  { turn: 'a person is needed', say: 'a user has to …' },
  { turn: 'no hand in it', say: 'cannot intercept it' },

  // Whose.
  { turn: 'of (its|their|our|your|his) own', say: '"its own X", or "a separate X"' },
  { turn: 'on its own account', say: 'itself, or separately' },
  { turn: 'by (itself|themselves)', say: 'automatically, or leave it out' },
  { turn: 'for itself', say: 'separately' },
  { turn: 'each its own', say: 'one each' },

  // Where and beside what.
  { turn: 'beside', say: 'next to, along with, in addition to' },
  { turn: 'in hand', say: 'current: "the current token"' },
  { turn: 'stands? (in|at|on|beside|behind|there|for it|where|before)', say: 'is' },
  { turn: 'as (it|they) stands?', say: 'unchanged' },
  { turn: 'nowhere else', say: 'only to/in …' },
  { turn: 'in between', say: 'between …, or meanwhile' },
  { turn: 'in place of', say: 'instead of' },
  { turn: 'tak(e|es|en|ing) the place of', say: 'replace' },
  { turn: '(kept|keeps?) off', say: 'not sent to' },
  { turn: 'in clear', say: 'unencrypted' },

  // When.
  { turn: 'anew', say: 'again, or "each time"' },
  { turn: '(is|are|was) over', say: 'has ended, has expired' },
  { turn: 'come back', say: 'try again, return' },
  { turn: 'once more', say: 'again, or "a second time"' },
  { turn: 'right after', say: 'immediately after' },
  { turn: 'at no token call', say: 'without a token call' },
  { turn: 'same turn', say: 'synchronously' },
  { turn: 'up to now', say: 'so far' },
  { turn: 'good for', say: 'valid for' },
  { turn: 'bad day', say: 'an outage' },
  { turn: 'birth', say: 'when it was issued' },
  { turn: 'already is', say: 'is already' },

  // How.
  { turn: 'letter by letter', say: 'exactly' },
  { turn: 'to the letter', say: 'exactly' },
  { turn: 'a little', say: 'a figure, or "slightly"' },
  { turn: 'as ever', say: 'as usual' },
  { turn: 'all the same', say: 'anyway' },
  { turn: '(the )?same holds', say: 'this also applies to' },
  { turn: 'hardly', say: 'almost no, rarely' },
  { turn: 'in one piece', say: 'as one …' },
  { turn: 'in vain', say: 'without success' },
  { turn: 'unjudged', say: 'unchanged' },
  { turn: 'for good', say: 'permanently' },
  { turn: 'however (many|often|much|long)', say: '"any number of"' },
  { turn: 'no matter', say: 'whether … or …, or leave it out' },

  // What.
  { turn: 'whatever', say: 'any …, or name the cases' },
  { turn: '(everything|anything|nothing|all|none|any) but', say: 'everything except' },
  { turn: 'nothing of', say: 'does not …, none of' },
  { turn: 'but for', say: 'except' },
  { turn: 'none of the others?', say: 'no other' },
  { turn: '(that|those) which', say: 'what, or the noun' },
  { turn: 'that of', say: 'the noun: "the path of …"; or "\'s"' },
  { turn: '(?<!there )(?<!If )(is|are) no (?!longer|more|need|way|one)\\w+', say: 'is not a …' },
  { turn: 'a text\\b(?! (file|field|area))', say: 'a string' },
  { turn: 'says? nothing', say: 'does not state …, is silent about …' },
  { turn: '(it|that|which) says so', say: '"the message says that …"' },
  { turn: 'what it is\\b', say: 'description, or the noun' },
  { turn: 'made from', say: 'generated from, built from' },
  { turn: 'made of', say: 'consists of, is built from' },
  { turn: 'given out', say: 'returned, exposed, issued' },
  { turn: 'go(es)? out', say: 'is sent' },
  { turn: 'let(s|ting)? (go|out)', say: 'release, send' },
  { turn: 'tak(e|es|ing|en) out', say: 'remove' },
  { turn: '(leave|leaves|left|leaving) alone', say: 'do not change' },
  { turn: '(is|are) a choice,? too', say: 'is also fine' },
  { turn: 'counts? for nothing', say: 'is ignored' },
  { turn: 'to think of', say: 'to handle' },
  { turn: 'the one (before|in hand)', say: 'the previous one' },
  { turn: 'and the like', say: 'and similar' },
  { turn: 'in (its|their|your|the vendor.s) words', say: '"with the vendor\'s message"' },
  { turn: 'lies? (in|beside|on|at|there)', say: 'is' },
  { turn: '(?<! m?s )apart(?! from)', say: 'separate, separately' },
]
