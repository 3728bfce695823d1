"""pluto's words, the IKE daemon of FreeS/WAN, Openswan and Libreswan; they stop here."""
