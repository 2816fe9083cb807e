//! Reading labels from photographs, and holding the deadline whatever the picture.
