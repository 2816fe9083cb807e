//! A partner's customers, and the offers that a customer answers.

mod list;
mod offers;

pub use list::{
    Customer, CustomerList, CustomerPlaces, CustomerState, CustomerWindow, PlaceDevice, PlaceSite,
};
pub use offers::{CustomerOffer, OfferList, OfferWindow, OfferedDevice};
