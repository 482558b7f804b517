"""Recognise the faces in a picture: decode, detect, align, embed, match."""
