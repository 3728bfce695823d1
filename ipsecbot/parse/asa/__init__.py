"""What is ASA's alone (FTD and PIX 7 included): its IKEv1 debug and its syslog. Its IKEv2 debug speaks IOS's words."""
