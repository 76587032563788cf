"""`connect_sms.segments` beside Twilio's calculator (`agree`) and beside its Python peers (`speed`)."""
