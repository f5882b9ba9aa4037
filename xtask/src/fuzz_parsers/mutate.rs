//! Cases out of seeds.

use crate::fuzz_vtl::Random;

/// Makes cases by changing and joining seeds.
pub(super) struct Mutator {
    seeds: Vec<String>,
    /// Short runs of characters out of all seeds.
    words: Vec<String>,
}

/// Bytes that a case may have; larger ones say no more and take longer.
const CASE_BYTES_MAX: usize = 4 * 1024;

impl Mutator {
    pub(super) fn new(seeds: Vec<String>) -> Self {
        let mut words: Vec<String> = seeds.iter().flat_map(|seed| words(seed)).collect();
        words.sort_unstable();
        words.dedup();
        Self { seeds, words }
    }

    pub(super) fn seed_count(&self) -> usize {
        self.seeds.len()
    }

    /// The case with this number.
    pub(super) fn case(&self, number: u64) -> String {
        let mut random = Random::new(number.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let mut text: Vec<char> = self.seed(&mut random).chars().collect();
        for _ in 0..=random.number(8) {
            self.change(&mut random, &mut text);
            if text.len() > CASE_BYTES_MAX {
                text.truncate(CASE_BYTES_MAX);
            }
        }
        text.into_iter().collect()
    }

    fn seed(&self, random: &mut Random) -> &str {
        let at = random.number(self.seeds.len());
        self.seeds.get(at).map_or("", String::as_str)
    }

    fn change(&self, random: &mut Random, text: &mut Vec<char>) {
        let start = random.number(text.len() + 1);
        let end = (start + random.number(12)).min(text.len());
        match random.number(9) {
            0 => drop(text.drain(start..end)),
            1 | 2 => {
                let at = random.number(self.words.len());
                let word = self.words.get(at).map_or("", String::as_str);
                text.splice(start..start, word.chars());
            }
            3 => {
                let c = random.of(&[
                    "$", "#", "{", "(", "[", "\"", "'", "\\", ".", "\0", "\u{7f}", "😀", "\u{2028}",
                ]);
                text.splice(start..end, c.chars());
            }
            4 => {
                // The same again, many times: depth, and numbers that grow.
                let count = 1 + random.number(300);
                let part: Vec<char> = text.get(start..end).unwrap_or_default().to_vec();
                let many = std::iter::repeat_n(part, count)
                    .flatten()
                    .take(CASE_BYTES_MAX);
                text.splice(start..end, many.collect::<Vec<_>>());
            }
            5 => {
                let other: Vec<char> = self.seed(random).chars().collect();
                let from = random.number(other.len() + 1);
                let to = (from + random.number(40)).min(other.len());
                text.splice(
                    start..end,
                    other.get(from..to).unwrap_or_default().iter().copied(),
                );
            }
            6 => text.truncate(start),
            7 => {
                let number = random.of(&[
                    "0",
                    "-1",
                    "2147483648",
                    "9223372036854775808",
                    "1e309",
                    "0.1",
                    "99999999999999999999999",
                ]);
                text.splice(start..end, number.chars());
            }
            _ => {
                if let Some(part) = text.get_mut(start..end) {
                    part.reverse();
                }
            }
        }
    }
}

/// Runs of letters, and single signs with what stands beside them.
fn words(seed: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in seed.chars() {
        if c.is_alphanumeric() == word.ends_with(char::is_alphanumeric) && word.len() < 12 {
            word.push(c);
        } else {
            words.push(std::mem::replace(&mut word, c.to_string()));
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}
