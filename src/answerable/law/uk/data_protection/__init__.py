"""The voluntary request, which an exemption permits to answer and nothing compels to answer."""
