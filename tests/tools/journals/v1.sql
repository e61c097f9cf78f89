BEGIN TRANSACTION;
CREATE TABLE call (
	"key" TEXT NOT NULL, 
	task TEXT NOT NULL, 
	department TEXT NOT NULL, 
	maker TEXT NOT NULL, 
	micros INTEGER NOT NULL, 
	token TEXT NOT NULL, 
	state TEXT NOT NULL, 
	PRIMARY KEY ("key"), 
	CHECK (micros >= 0), 
	CHECK (state IN ('reserved', 'sent', 'settled', 'void'))
)
 STRICT

;
INSERT INTO "call" VALUES('call1','task1','art','sketch',1000,'first','settled');
INSERT INTO "call" VALUES('call2','task2','art','sketch',1000,'first','void');
INSERT INTO "call" VALUES('call3','task3','art','sketch',1000,'first','sent');
CREATE TABLE decision (
	task TEXT NOT NULL, 
	round INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	action TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	PRIMARY KEY (task, round)
)
 STRICT

;
INSERT INTO "decision" VALUES('task1',0,'sha256:2cea274d0bedc39ec4ab6ba9e59ec889e3ed6fb56a1cf088a64d9b383378dc97','approve','Ada');
CREATE TABLE entry (
	seq INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	event TEXT NOT NULL, 
	task TEXT NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (seq)
)
 STRICT

;
INSERT INTO "entry" VALUES(1,'2026-11-21T12:00:01+00:00','lease_taken','','{"epoch":1,"event":"lease_taken","holder":"process 1 on studio"}');
INSERT INTO "entry" VALUES(2,'2026-11-21T12:00:02+00:00','production_planned','','{"brief_digest":"","budget_usd":1.0,"crew_digest":"","event":"production_planned","plan_digest":"","seed":7,"tasks":1,"title":"conformance"}');
INSERT INTO "entry" VALUES(3,'2026-11-21T12:00:03+00:00','call_reserved','task1','{"department":"art","event":"call_reserved","key":"call1","maker":"sketch","micros":1000,"recipe":{"guidance":1.0,"height":8,"ingredients":[],"kind":"fake","make":"still","maker":"sketch","negative":"","prompt":"picture 1","revision":"","schema":"recipe/1","seed":1,"settings":{},"source":"","steps":1,"weights_digest":"","width":8},"task":"task1","token":"first"}');
INSERT INTO "entry" VALUES(4,'2026-11-21T12:00:03+00:00','call_sent','task1','{"event":"call_sent","key":"call1","task":"task1","token":"first"}');
INSERT INTO "entry" VALUES(5,'2026-11-21T12:00:04+00:00','take_made','task1','{"event":"take_made","key":"call1","micros":1000,"take":{"digest":"sha256:2cea274d0bedc39ec4ab6ba9e59ec889e3ed6fb56a1cf088a64d9b383378dc97","fingerprint":"","height":8,"id":"task1/t01","ignored_words":[],"number":1,"origin":"made","recipe":{"guidance":1.0,"height":8,"ingredients":[],"kind":"fake","make":"still","maker":"sketch","negative":"","prompt":"picture 1","revision":"","schema":"recipe/1","seed":1,"settings":{},"source":"","steps":1,"weights_digest":"","width":8},"schema":"take/1","seconds":0.5,"software":{},"task":"task1","usd":0.001,"width":8,"worker":"sketch/0"},"task":"task1","token":"first"}');
INSERT INTO "entry" VALUES(6,'2026-11-21T12:00:05+00:00','call_reserved','task2','{"department":"art","event":"call_reserved","key":"call2","maker":"sketch","micros":1000,"recipe":{"guidance":1.0,"height":8,"ingredients":[],"kind":"fake","make":"still","maker":"sketch","negative":"","prompt":"picture 2","revision":"","schema":"recipe/1","seed":2,"settings":{},"source":"","steps":1,"weights_digest":"","width":8},"task":"task2","token":"first"}');
INSERT INTO "entry" VALUES(7,'2026-11-21T12:00:05+00:00','call_sent','task2','{"event":"call_sent","key":"call2","task":"task2","token":"first"}');
INSERT INTO "entry" VALUES(8,'2026-11-21T12:00:06+00:00','call_voided','task2','{"event":"call_voided","key":"call2","task":"task2","token":"first","why":"the worker was lost"}');
INSERT INTO "entry" VALUES(9,'2026-11-21T12:00:07+00:00','call_reserved','task3','{"department":"art","event":"call_reserved","key":"call3","maker":"sketch","micros":1000,"recipe":{"guidance":1.0,"height":8,"ingredients":[],"kind":"fake","make":"still","maker":"sketch","negative":"","prompt":"picture 3","revision":"","schema":"recipe/1","seed":3,"settings":{},"source":"","steps":1,"weights_digest":"","width":8},"task":"task3","token":"first"}');
INSERT INTO "entry" VALUES(10,'2026-11-21T12:00:07+00:00','call_sent','task3','{"event":"call_sent","key":"call3","task":"task3","token":"first"}');
INSERT INTO "entry" VALUES(11,'2026-11-21T12:00:08+00:00','decision_taken','task1','{"decision":{"action":"approve","by":"Ada","digest":"sha256:2cea274d0bedc39ec4ab6ba9e59ec889e3ed6fb56a1cf088a64d9b383378dc97","note":"","round":0,"task":"task1"},"event":"decision_taken","task":"task1"}');
CREATE TABLE lease (
	epoch INTEGER NOT NULL, 
	holder TEXT NOT NULL, 
	PRIMARY KEY (epoch)
)
 STRICT

;
INSERT INTO "lease" VALUES(1,'process 1 on studio');
CREATE TABLE meta (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
)
 STRICT

;
INSERT INTO "meta" VALUES('schema','journal/1');
INSERT INTO "meta" VALUES('opening_budget','0');
CREATE TABLE publish (
	task TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	take TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	PRIMARY KEY (task, version)
)
 STRICT

;
CREATE TABLE purse (
	id INTEGER NOT NULL, 
	budget INTEGER NOT NULL, 
	settled INTEGER NOT NULL, 
	reserved INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	CHECK (id = 1 AND settled >= 0 AND reserved >= 0)
)
 STRICT

;
INSERT INTO "purse" VALUES(1,1000000,1000,1000);
CREATE TABLE take (
	id TEXT NOT NULL, 
	task TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	PRIMARY KEY (id)
)
 STRICT

;
INSERT INTO "take" VALUES('task1/t01','task1','sha256:2cea274d0bedc39ec4ab6ba9e59ec889e3ed6fb56a1cf088a64d9b383378dc97');
COMMIT;
