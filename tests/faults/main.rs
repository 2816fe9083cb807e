//! What happens when a side dies, answers late, twice or with garbage.
