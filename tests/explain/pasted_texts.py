"""Texts that engineers paste, written for these tests. All names and addresses are invented."""

from __future__ import annotations

# A responder that refuses the only IKEv1 proposal because of the group (IOS 15 format).
REFUSED = """\
*Apr  9 07:12:01.104: ISAKMP (0): received packet from 203.0.113.77 dport 500 sport 500 Global (N) NEW SA
*Apr  9 07:12:01.104: ISAKMP: Created a peer struct for 203.0.113.77, peer port 500
*Apr  9 07:12:01.104: ISAKMP: New peer created peer = 0x7F01AB10 peer_handle = 0x80000011
*Apr  9 07:12:01.104: ISAKMP: local port 500, remote port 500
*Apr  9 07:12:01.105: ISAKMP:(0):insert sa successfully sa = 7F22C3D0
*Apr  9 07:12:01.105: ISAKMP:(0):Input = IKE_MESG_FROM_PEER, IKE_MM_EXCH
*Apr  9 07:12:01.105: ISAKMP:(0):Old State = IKE_READY  New State = IKE_R_MM1
*Apr  9 07:12:01.106: ISAKMP:(0): processing SA payload. message ID = 0
*Apr  9 07:12:01.106: ISAKMP:(0):found peer pre-shared key matching 203.0.113.77
*Apr  9 07:12:01.106: ISAKMP:(0):Checking ISAKMP transform 1 against priority 20 policy
*Apr  9 07:12:01.106: ISAKMP:      encryption AES-CBC
*Apr  9 07:12:01.107: ISAKMP:      keylength of 256
*Apr  9 07:12:01.107: ISAKMP:      hash SHA256
*Apr  9 07:12:01.107: ISAKMP:      default group 5
*Apr  9 07:12:01.107: ISAKMP:      auth pre-share
*Apr  9 07:12:01.107: ISAKMP:      life type in seconds
*Apr  9 07:12:01.107: ISAKMP:      life duration (basic) of 28800
*Apr  9 07:12:01.108: ISAKMP:(0):Diffie-Hellman group offered does not match policy!
*Apr  9 07:12:01.108: ISAKMP:(0):atts are not acceptable. Next payload is 0
*Apr  9 07:12:01.108: ISAKMP:(0):no offers accepted!
*Apr  9 07:12:01.109: ISAKMP:(0): phase 1 SA policy not acceptable! (local 198.51.100.8 remote 203.0.113.77)
*Apr  9 07:12:01.109: ISAKMP:(0): sending packet to 203.0.113.77 my_port 500 peer_port 500 (R) MM_NO_STATE
*Apr  9 07:12:01.110: ISAKMP:(0):peer does not do paranoid keepalives.
"""

# charon as responder: the initiator's key is another one (IKEv2).
WRONG_KEY = """\
May 30 21:40:11 edge charon[611]: 09[NET] <5> received packet: from 203.0.113.140[500] to 198.51.100.62[500] (464 bytes)
May 30 21:40:11 edge charon[611]: 09[ENC] <5> parsed IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
May 30 21:40:11 edge charon[611]: 09[IKE] <5> 203.0.113.140 is initiating an IKE_SA
May 30 21:40:11 edge charon[611]: 09[ENC] <5> generating IKE_SA_INIT response 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
May 30 21:40:11 edge charon[611]: 09[NET] <5> sending packet: from 198.51.100.62[500] to 203.0.113.140[500] (472 bytes)
May 30 21:40:12 edge charon[611]: 12[NET] <5> received packet: from 203.0.113.140[500] to 198.51.100.62[500] (272 bytes)
May 30 21:40:12 edge charon[611]: 12[ENC] <5> parsed IKE_AUTH request 1 [ IDi IDr AUTH SA TSi TSr ]
May 30 21:40:12 edge charon[611]: 12[CFG] <5> looking for peer configs matching 198.51.100.62[edge]...203.0.113.140[shop]
May 30 21:40:12 edge charon[611]: 12[CFG] <shop|5> selected peer config 'shop'
May 30 21:40:12 edge charon[611]: 12[IKE] <shop|5> tried 1 shared key for 'edge' - 'shop', but MAC mismatched
May 30 21:40:12 edge charon[611]: 12[ENC] <shop|5> generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]
May 30 21:40:12 edge charon[611]: 12[NET] <shop|5> sending packet: from 198.51.100.62[500] to 203.0.113.140[500] (80 bytes)
"""

ROUTER_CONFIG = """\
hostname gate
!
crypto isakmp policy 20
 encr aes 256
 hash sha256
 authentication pre-share
 group 14
crypto isakmp key Ahrensburg!9 address 203.0.113.77
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto map OUT 10 ipsec-isakmp
 set peer 203.0.113.77
 set transform-set TS
 match address 140
!
interface GigabitEthernet0/1
 ip address 198.51.100.8 255.255.255.0
 crypto map OUT
!
access-list 140 permit ip 10.8.0.0 0.0.255.255 10.77.0.0 0.0.255.255
end
"""

UP_TABLES = """\
gate#show crypto isakmp sa
IPv4 Crypto ISAKMP SA
dst             src             state          conn-id status
203.0.113.77    198.51.100.8    QM_IDLE           1044 ACTIVE

gate#show crypto ipsec sa

interface: GigabitEthernet0/1
    Crypto map tag: OUT, local addr 198.51.100.8

   protected vrf: (none)
   local  ident (addr/mask/prot/port): (10.8.0.0/255.255.0.0/0/0)
   remote ident (addr/mask/prot/port): (10.77.0.0/255.255.0.0/0/0)
   current_peer 203.0.113.77 port 500
     PERMIT, flags={origin_is_acl,}
    #pkts encaps: 411, #pkts encrypt: 411, #pkts digest: 411
    #pkts decaps: 398, #pkts decrypt: 398, #pkts verify: 398
    #pkts compressed: 0, #pkts decompressed: 0
    #pkts not compressed: 0, #pkts compr. failed: 0
    #pkts not decompressed: 0, #pkts decompress failed: 0
    #send errors 0, #recv errors 0

     local crypto endpt.: 198.51.100.8, remote crypto endpt.: 203.0.113.77
     path mtu 1500, ip mtu 1500, ip mtu idb GigabitEthernet0/1
     current outbound spi: 0x5C0FFE11(1544551953)
     PFS (Y/N): N, DH group: none

     inbound esp sas:
      spi: 0x1BADB002(464367618)
        transform: esp-256-aes esp-sha256-hmac ,
        in use settings ={Tunnel, }
        conn id: 2001, flow_id: SW:1, sibling_flags 80000040, crypto map: OUT
        sa timing: remaining key lifetime (k/sec): (4607999/3122)
        IV size: 16 bytes
        replay detection support: Y
        Status: ACTIVE(ACTIVE)

     outbound esp sas:
      spi: 0x5C0FFE11(1544551953)
        transform: esp-256-aes esp-sha256-hmac ,
        in use settings ={Tunnel, }
        conn id: 2002, flow_id: SW:2, sibling_flags 80000040, crypto map: OUT
        sa timing: remaining key lifetime (k/sec): (4607998/3122)
        IV size: 16 bytes
        replay detection support: Y
        Status: ACTIVE(ACTIVE)
gate#
"""
