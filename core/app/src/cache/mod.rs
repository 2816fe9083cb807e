//! What the cloud told this phone, readable without a connection.
