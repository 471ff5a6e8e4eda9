/* The limits pjsua2 is compiled with. They cannot be changed at run time (specs: sip.md section 2).
 * Every byte of this file is part of the cache key of the wheel. */

/* 128 legs = 64 bridged pairs in one switch. */
#define PJSUA_MAX_CALLS 128
#define PJSUA_MAX_ACC 64
/* Two recorder channels a call. */
#define PJSUA_MAX_PLAYERS 256
#define PJSUA_MAX_RECORDERS 256
/* A leg, its players and its recorders are a port each. */
#define PJSUA_MAX_CONF_PORTS 768
#define PJ_IOQUEUE_MAX_HANDLES 1024

/* The edge refuses messages over 8 kB, so what it lets through fits. */
#define PJSIP_MAX_PKT_LEN 8192
/* All SIP of ours runs over the loopback to the edge, whose MTU is 64 kB: an INVITE over 1300 bytes stays on UDP. */
#define PJSIP_DONT_SWITCH_TO_TCP 1

/* Level 5 prints whole media packets and costs a branch in every one of them. */
#define PJ_LOG_MAX_LEVEL 4

#define PJMEDIA_HAS_VIDEO 0
#define PJMEDIA_RESAMPLE_IMP PJMEDIA_RESAMPLE_SPEEX

/* Asserts become logged errors ("Assert failed: ..."). Measured with asserts on: the media thread of a busy switch aborted
 * after 600 to 900 calls, every time, by races that upstream mended after 2.17 (pull requests 5001, 5016, 5027); each of
 * them is an assert that returns an error. One packet at a bad moment must not end every conversation. */
#define NDEBUG 1
