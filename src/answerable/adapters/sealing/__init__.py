"""How is an answer closed to all but one office? By age, OpenPGP or CMS, whichever key the demand names, as one stream."""
