//! Symbolic links: a file that is changed in one place is changed wherever a link leads to it.

use std::collections::{BTreeMap, BTreeSet};

/// Places at which one file is reached, at most. More are a circle, or made to hurt.
const MOST_PLACES: usize = 100;

/// The symbolic links of a repository, each with where it leads, from the root.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// From where links lead to, to the links.
    leading_to: BTreeMap<String, Vec<String>>,
}

impl Links {
    /// Links and where each leads.
    #[must_use]
    pub fn of(links: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut leading_to: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (link, to) in links {
            leading_to.entry(to).or_default().push(link);
        }
        Self { leading_to }
    }

    /// The other paths at which a file is found through links.
    #[must_use]
    pub fn also_at(&self, path: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        if self.leading_to.is_empty() {
            return found;
        }
        let mut open = vec![path.to_owned()];
        while let Some(at) = open.pop() {
            for place in self.through_one_link(&at) {
                if place != path && found.len() < MOST_PLACES && found.insert(place.clone()) {
                    open.push(place);
                }
            }
        }
        found
    }

    fn through_one_link(&self, path: &str) -> Vec<String> {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        let mut found = Vec::new();
        for end in ends {
            let links = self.leading_to.get(&path[..end]).into_iter().flatten();
            found.extend(links.map(|link| format!("{link}{}", &path[end..])));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn also_at(links: &[(&str, &str)], path: &str) -> Vec<String> {
        let pairs = links.iter().map(|(link, to)| ((*link).to_owned(), (*to).to_owned()));
        Links::of(pairs).also_at(path).into_iter().collect()
    }

    #[test]
    fn a_file_is_found_through_links_to_it_and_to_its_folders() {
        let links = [("hub/chart", "charts/hub"), ("data8/values", "charts/hub/values")];
        assert_eq!(also_at(&links, "charts/hub/values"), ["data8/values", "hub/chart/values"]);
        assert_eq!(also_at(&links, "charts/hub"), ["hub/chart"]);
        assert!(also_at(&links, "charts/hubs/values").is_empty());
        assert!(also_at(&[], "charts/hub/values").is_empty());
    }

    #[test]
    fn links_that_lead_to_links_are_followed_and_circles_end() {
        let chain = [("a", "real"), ("b", "a"), ("c/values", "b/values")];
        assert_eq!(also_at(&chain, "real/values"), ["a/values", "b/values", "c/values"]);
        let circle = [("a", "b"), ("b", "a")];
        assert_eq!(also_at(&circle, "a/x"), ["b/x"]);
        assert_eq!(also_at(&[("a/a", "a")], "a/x").len(), MOST_PLACES);
    }
}
