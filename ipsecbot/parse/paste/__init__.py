"""Pasted text: any bytes → repaired lines → what each of them is. `parse/detect.py` is the way in."""
