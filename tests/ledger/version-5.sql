BEGIN TRANSACTION;
CREATE TABLE batch_day (
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	day TEXT NOT NULL, 
	last BIGINT NOT NULL, 
	PRIMARY KEY (collector, subject, day)
)
 WITHOUT ROWID

;
INSERT INTO "batch_day" VALUES('restic_snapshots','dead','2028-01-05',26);
INSERT INTO "batch_day" VALUES('restic_snapshots','gone','2028-01-05',26);
INSERT INTO "batch_day" VALUES('restic_snapshots','mail/offsite','2028-01-05',26);
INSERT INTO "batch_day" VALUES('restic_snapshots','web/offsite','2028-01-05',26);
CREATE TABLE batch_instant (
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	is_dip BOOLEAN NOT NULL, 
	sequence BIGINT NOT NULL, 
	instant TEXT NOT NULL, 
	PRIMARY KEY (collector, subject, is_dip, sequence)
)
 WITHOUT ROWID

;
INSERT INTO "batch_instant" VALUES('restic_snapshots','mail/offsite',0,26,'2028-01-05T04:42:07.000000Z');
INSERT INTO "batch_instant" VALUES('restic_snapshots','web/offsite',0,26,'2028-01-05T04:42:07.000000Z');
CREATE TABLE batch_row (
	sequence BIGINT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "batch_row" VALUES(25);
INSERT INTO "batch_row" VALUES(26);
CREATE TABLE batched_observation (
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	position INTEGER NOT NULL, 
	origin BIGINT NOT NULL, 
	look TEXT NOT NULL, 
	difference TEXT NOT NULL, 
	PRIMARY KEY (collector, subject)
);
INSERT INTO "batched_observation" VALUES('restic_snapshots','web/offsite',26,2,22,'{"begun":"2028-01-05T04:42:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:42:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"web/offsite"}','{"added":[],"redated":null,"removed":[]}');
INSERT INTO "batched_observation" VALUES('restic_snapshots','mail/offsite',26,1,21,'{"begun":"2028-01-05T04:42:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:42:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"mail/offsite"}','{"added":[],"redated":null,"removed":[]}');
CREATE TABLE chain (
	sequence BIGINT NOT NULL, 
	instant TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	payload_sha256 TEXT NOT NULL, 
	link TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "chain" VALUES(1,'2026-11-24T04:12:07.000000Z','load','scota','ffff5baf904b5cbb9235ef2c6cbee27d802df3cca7287f4a409973a7aadee74c','2d8051171726f12044d404f9f49cf86b00c9ce48de4ffd664758799457821ebc');
INSERT INTO "chain" VALUES(2,'2026-11-24T04:12:07.000000Z','reading','scota','b4763370266465b2ab6b4929661c5bd6a849d5693ca6f97559b72ae1a7371167','0acd6cf9cddb3a6ce3e84bf099e6f1b09506714553d312c8f38ac80afe82d12b');
INSERT INTO "chain" VALUES(3,'2026-11-24T04:12:07.000000Z','verdict','scota','b31b46503542705691a1cd979b1077d26bce116ceb6529335e37938c59d6b1cd','33b9cc0c0cfa42aacfacac4efe3473e5e248a8d0f936b1141b28d365305539dc');
INSERT INTO "chain" VALUES(4,'2026-11-24T04:12:07.000000Z','reading','','50665da1c0c5fdef54f480810ee19e30b963204cc09e41bb000ede2220ff50fd','41284f4d45b0f253aa7aab451327afc6726ceaf66910dd7b08bd554d946ad708');
INSERT INTO "chain" VALUES(5,'2026-11-24T04:12:07.000000Z','day','scota','e952fd2b45212e0d463734db5661d851f9596d8503b92ee1de7b8fe91dc945e1','8913cffe09218e71699c48c3b0cb2df50e87b4f5c351e847a61b4e8c940d5baf');
INSERT INTO "chain" VALUES(6,'2026-11-24T04:12:07.000000Z','entry','scota','a3f9361342868ebdf8b6d5c570fed6b96f5d5ac525af8c5deb4cd836fef2f59f','f9cd3e511fe6f8410939449e3425329e9bee005d35c05f4fc9247b24b23d6149');
INSERT INTO "chain" VALUES(7,'2026-11-25T04:12:07.000000Z','reading','scota','549a0120f4c767780fc6909fddf81c71cae2e37de5e3d654679ac3718ef946d9','aa05cff3c0e4d83e04fb7067828539639018d6da41d3a5234c46ad3602243b82');
INSERT INTO "chain" VALUES(8,'2026-11-25T04:12:07.000000Z','verdict','scota','2c63be1196ae81d5d62ca0635caecae67399bc1ecde960a8821a1e017c617f3b','b679e5d42482d0cab957f94de449ece35aeecf3d891c2c5cd27f27f4bbfd5fcb');
INSERT INTO "chain" VALUES(9,'2026-11-25T04:12:07.000000Z','reading','','278f795526a2ff27cf2fb609c784aea663c647ae2ef4de5d39270deb0b98b464','855dfa0f7415438eedb53d6bb4adc081ee99d645dd1bf0673748cbdd44fd9c61');
INSERT INTO "chain" VALUES(10,'2026-11-25T04:12:07.000000Z','day','scota','421278c4f214facb771616aa870c222a4f79781f2b64ed05aa980653f0f42d02','4ca121a3e33b56136eaa0d3e20c1e40b5b346e08de9a7a5d091f816b40c2635b');
INSERT INTO "chain" VALUES(11,'2026-11-25T04:12:07.000000Z','entry','scota','e3ac864436c50a47911b29f06526694a0dac4aaaa025914371835bbfcd856008','6b514f74bf5cf0f516200de3baa70688b51e1801ffee1358c33ed389fb93ebd4');
INSERT INTO "chain" VALUES(12,'2026-11-25T04:12:07.000000Z','head','','8f7cbe4ee5120c89c32646d2b993fca4508617b09fc9c39beb2b31c21f24346c','298be20b620f58ff9175ffbb74a6886c5ab5353d636508ef3b6f0414f95b033b');
INSERT INTO "chain" VALUES(13,'2026-11-26T04:12:07.000000Z','reading','scota','dd19dc4ec1451fb96cfc447c6d26982ec3c2bf819d3814ac7e26ac00cb9e094a','4e47f368dc86060955cdf262eab361fd5a3800b2be199e571a8e76068d7aeaf5');
INSERT INTO "chain" VALUES(14,'2026-11-26T04:12:07.000000Z','verdict','scota','1b0cc81c233bd64b3086e4b196cbbb3231bad8bacbf1db2ab29046bf3160dff2','f5fd0dbbb1f1c1e92b7526a9222a13c3f2cebce48b6495c0c4c8965c9a1863eb');
INSERT INTO "chain" VALUES(15,'2026-11-26T04:12:07.000000Z','reading','','622bd81adaaee198d81e009172c319f1ac4c905ca7ae85cda42447c2ce875247','985813d61cce24a8cffbd70e3358df8ecb59c70a966885fde7ca0c04099d8181');
INSERT INTO "chain" VALUES(16,'2026-11-26T04:12:07.000000Z','day','scota','690bf8daf115b8520ebea81a0922c6dff2e385014076d282c7b425e8e9b625c0','2ece729b0ef21806a988dfc369eedb01fbf7604a611f2d640a2aa247a28a5836');
INSERT INTO "chain" VALUES(17,'2026-11-26T04:12:07.000000Z','entry','scota','f6e2b2f9fed39353717690d6e378d71825e70501f12ea370e9aecf824bedbc97','502d62de969bf500784a48b82f10b5488bda4b24bd8d2a6994c06c1cee507415');
INSERT INTO "chain" VALUES(18,'2026-11-26T04:12:07.000000Z','head','','d24f0f29d2114acaf4bdbd0383be2378f17c9df39101da71a09a371749d172f8','5dbd8f3cff6231fa58f5383cb8ebdda23f2d6e47c88eba1d96d3787715396cc5');
INSERT INTO "chain" VALUES(19,'2028-01-03T04:12:07.000000Z','day','scota','ede904321c3b3f72fdeb5294bb7c372aa7d4edf9e0fd2009c327a56beb4768b2','00f1c36a8ce75673ab83048827436adfa3ad8f23b5a7422320acf757840c5b43');
INSERT INTO "chain" VALUES(20,'2028-01-05T04:12:07.000000Z','reading','scota','56039fbe3414a465e77766d03acf6afa4df35cb16f3c15c34cb108339dc214e5','385b78962eff4f268de3fe7dd472abf10f145c5cc3be2f712cc4bcb46cdab073');
INSERT INTO "chain" VALUES(21,'2028-01-05T04:12:07.000000Z','reading','','27e51c897334edde8bc771c6f0ec7e62bf378ecb564e390d4c7cc1afe1be31c7','bd5549517bca80468ef07737352c16630104eada5f0b3a51d96aae3e6053f5c4');
INSERT INTO "chain" VALUES(22,'2028-01-05T04:12:07.000000Z','reading','','68dd85e62290f1086392aba6c572c4efd6ef012792efeb697f8852b8fe1f1cdb','1431f02fe9bf047a4b7cab0f1b8286c405b99d46d3878159044a7cfe33f86bd7');
INSERT INTO "chain" VALUES(23,'2028-01-05T04:12:07.000000Z','reading','','19de40433a6022f8832cf6e4df8b6c27f459f8738ec5e0740308106c83a7c74b','49fea36cc2f9598656c9f1a8e82a0b8c3d1ead666e701c9a4c742cad6f316d30');
INSERT INTO "chain" VALUES(24,'2028-01-05T04:12:07.000000Z','reading','','5c2a26d115c5d07acfd6a163a1cde4ebe5d7d8f9ac40c51560b25675ce53af04','aafca12c1375db5f08be1ce7eaf9ad9f9fa7c6f774a212475d53d5025e4ae6d2');
INSERT INTO "chain" VALUES(25,'2028-01-05T04:27:07.000000Z','batch','','1ecee39ae76bb5c498ee48373325d84a6e590dcc0de6f978738734beaf017d6e','61db7a231d9fbe932250b0c75f82b7f050b08808a1fa200376bce1719aff7fc4');
INSERT INTO "chain" VALUES(26,'2028-01-05T04:42:07.000000Z','batch','','afb036a0019156421dfe086bead980e26ef94622a57d32e743d45b403d24d254','cd538f9b3c8830463a41c7e0a5b5db6837e7fb5ddb6986d636adafdb5545f152');
INSERT INTO "chain" VALUES(27,'2028-01-05T04:57:07.000000Z','erasure','','031b165af6485dd232fd2c1577d4730fbe776335d6397780d9b9ba6c439ec04d','6e17679f84650b93d726cea4eed4c3a5993922409388e1fc595423abff4dd60c');
CREATE TABLE checkpoint (
	size BIGINT NOT NULL, 
	sequence BIGINT NOT NULL, 
	note TEXT NOT NULL, 
	PRIMARY KEY (size)
);
INSERT INTO "checkpoint" VALUES(1,12,'beffroi/Xdm4gfUue79WOy4u5Onp6jdHdvleTp01sNytos3iRyw
1
dqiOGUM19ji0HTLk+yFfLahqYi9YL8DDQdyPUuGMlp0=

— beffroi/Xdm4gfUue79WOy4u5Onp6jdHdvleTp01sNytos3iRyw wfImbosYXo301DRbYJl8y2cy/2S6YP9NSQRyRFi6/X6y4Iopy5Yc63Xmmfp4cwEeyyHc9FgGWx8yIJbKTRb+xnze7QE=
');
INSERT INTO "checkpoint" VALUES(2,18,'beffroi/Xdm4gfUue79WOy4u5Onp6jdHdvleTp01sNytos3iRyw
2
NpsNSB5AwyGHjpukvKZ3sDcmJ/Bux0MbB6AJY6i/VR4=

— beffroi/Xdm4gfUue79WOy4u5Onp6jdHdvleTp01sNytos3iRyw wfImbmFJFiTdaNXe12FyHtdFwaWD+FUnD6eEHEILd6xp/tblK1+EnR42MNoRcQF85uwse26RMbAFjeGZ/4JK/kMAago=
');
CREATE TABLE day_row (
	target TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	day TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	state TEXT NOT NULL, 
	measured TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	late BOOLEAN NOT NULL, 
	judged_at TEXT NOT NULL, 
	PRIMARY KEY (target, subject, beneficiary, day)
);
INSERT INTO "day_row" VALUES('backup-rpo','files','scota','2026-11-23',5,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
INSERT INTO "day_row" VALUES('backup-rpo','files','scota','2026-11-24',10,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
INSERT INTO "day_row" VALUES('backup-rpo','files','scota','2026-11-25',16,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
INSERT INTO "day_row" VALUES('backup-rpo','files','scota','2028-01-03',19,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
CREATE TABLE entry_number (
	register TEXT NOT NULL, 
	number BIGINT NOT NULL, 
	PRIMARY KEY (register)
);
INSERT INTO "entry_number" VALUES('incident',3);
CREATE TABLE entry_row (
	sequence BIGINT NOT NULL, 
	register TEXT NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "entry_row" VALUES(6,'incident','incident-1',1);
INSERT INTO "entry_row" VALUES(11,'incident','incident-2',1);
INSERT INTO "entry_row" VALUES(17,'incident','incident-3',1);
CREATE TABLE erased (
	sequence BIGINT NOT NULL, 
	erasure BIGINT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "erased" VALUES(2,27);
INSERT INTO "erased" VALUES(4,27);
INSERT INTO "erased" VALUES(7,27);
INSERT INTO "erased" VALUES(9,27);
INSERT INTO "erased" VALUES(13,27);
INSERT INTO "erased" VALUES(15,27);
CREATE TABLE first_seen (
	target TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (target, subject, beneficiary)
);
INSERT INTO "first_seen" VALUES('backup-rpo','files','scota','2026-11-24T04:12:07.000000Z');
CREATE TABLE head (
	number BIGINT NOT NULL, 
	sequence BIGINT NOT NULL, 
	day TEXT NOT NULL, 
	first BIGINT NOT NULL, 
	last BIGINT NOT NULL, 
	previous TEXT NOT NULL, 
	head TEXT NOT NULL, 
	signature TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "head" VALUES(1,12,'2026-11-24',1,6,'0000000000000000000000000000000000000000000000000000000000000000','4357ca40953784ac9958d7d2c3def9b41d6d5c015068579469a2de023dfae73e','ziiT4qySTVqZsRPzg7ADv/rOhcORBH8crNItATw8j/oNs+u44iBMA6wbmWNikh980DhD3gxpRL4Go4tqTHUXAw==','SHA256:Xdm4gfUue79WOy4u5Onp6jdHdvleTp01sNytos3iRyw');
INSERT INTO "head" VALUES(2,18,'2026-11-25',7,12,'4357ca40953784ac9958d7d2c3def9b41d6d5c015068579469a2de023dfae73e','f62ed8d7803a8309b3d481b49cb905fb54358b1ce231323cb6cc0bd5c0a09abe','ccCWIDI6uqBy4XJ230ukgEmxrPSY1RLu0B6zlYOxlAf0pHU35QcNPS/EclFxcXojGIXdUMfPY8ORQmOBA/OKDA==','SHA256:Xdm4gfUue79WOy4u5Onp6jdHdvleTp01sNytos3iRyw');
CREATE TABLE latest_observation (
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	base BIGINT NOT NULL, 
	base_instant TEXT NOT NULL, 
	facts_sha256 TEXT NOT NULL, 
	redated TEXT NOT NULL, 
	look TEXT NOT NULL, 
	PRIMARY KEY (collector, subject)
);
INSERT INTO "latest_observation" VALUES('restic_snapshots','files/offsite',20,20,'2028-01-05T04:12:07.000000Z','7ffd6688a6847a9e2ad4e69c0ccf8ff180aea78f40fdb7e19dd72fd0466c3f14','{}','{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"}');
INSERT INTO "latest_observation" VALUES('restic_snapshots','web/offsite',22,22,'2028-01-05T04:12:07.000000Z','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855','{}','{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"web/offsite"}');
INSERT INTO "latest_observation" VALUES('restic_snapshots','mail/offsite',21,21,'2028-01-05T04:12:07.000000Z','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855','{}','{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"mail/offsite"}');
CREATE TABLE latest_reading (
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	position INTEGER NOT NULL, 
	origin BIGINT NOT NULL, 
	instant TEXT NOT NULL, 
	look TEXT NOT NULL, 
	PRIMARY KEY (collector, subject)
);
INSERT INTO "latest_reading" VALUES('restic_snapshots','files/offsite',20,0,20,'2028-01-05T04:12:07.000000Z','{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"}');
INSERT INTO "latest_reading" VALUES('restic_snapshots','web/offsite',26,2,22,'2028-01-05T04:42:07.000000Z','{"begun":"2028-01-05T04:42:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:42:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"web/offsite"}');
INSERT INTO "latest_reading" VALUES('restic_snapshots','gone',26,4,24,'2028-01-05T04:42:07.000000Z','{"begun":"2028-01-05T04:41:07.000000Z","collector":"restic_snapshots","detail":"vault does not answer","ended":"2028-01-05T04:42:07.000000Z","evidence":[],"host":"srv-1","outcome":"failure","reason":"unreachable","subject":"gone"}');
INSERT INTO "latest_reading" VALUES('restic_snapshots','mail/offsite',26,1,21,'2028-01-05T04:42:07.000000Z','{"begun":"2028-01-05T04:42:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:42:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"mail/offsite"}');
INSERT INTO "latest_reading" VALUES('restic_snapshots','dead',26,3,23,'2028-01-05T04:42:07.000000Z','{"begun":"2028-01-05T04:41:07.000000Z","collector":"restic_snapshots","detail":"vault does not answer","ended":"2028-01-05T04:42:07.000000Z","evidence":[],"host":"srv-1","outcome":"failure","reason":"unreachable","subject":"dead"}');
CREATE TABLE line (
	target TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	last_at TEXT, 
	last_state TEXT, 
	last_reason TEXT, 
	stands_until TEXT, 
	PRIMARY KEY (target, subject, beneficiary)
);
INSERT INTO "line" VALUES('backup-rpo','files','scota','2026-11-24T04:12:07.000000Z','met','within-limit','2026-11-26T10:12:07.000000Z');
CREATE TABLE line_start (
	target TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	at TEXT NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (target, subject, beneficiary, at)
);
INSERT INTO "line_start" VALUES('backup-rpo','files','scota','2026-11-24T04:12:07.000000Z','met','within-limit');
CREATE TABLE load_row (
	sequence BIGINT NOT NULL, 
	number BIGINT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "load_row" VALUES(1,1);
CREATE TABLE log_leaf (
	position BIGINT NOT NULL, 
	number BIGINT NOT NULL, 
	text TEXT NOT NULL, 
	seed TEXT NOT NULL, 
	PRIMARY KEY (position)
);
INSERT INTO "log_leaf" VALUES(0,1,'{"bits":24,"day":"2026-11-24","head":"4357ca40953784ac9958d7d2c3def9b41d6d5c015068579469a2de023dfae73e","number":1,"root":"380c3326fce3a4930a50da1afb31e42b57f9f1c50f62af13607ee5e3ec1354d8"}','7e9c560d704bc04aedaac17e897e2f742e49c07b77a946c36f8639da05a6ccb1');
INSERT INTO "log_leaf" VALUES(1,2,'{"bits":24,"day":"2026-11-25","head":"f62ed8d7803a8309b3d481b49cb905fb54358b1ce231323cb6cc0bd5c0a09abe","number":2,"root":"a07a35af03a93bf46bfcecfb9fecae37c27f126a1778844a56c75e87c2d19d3d"}','78b9d626626b0ac879f21a64ddda535eafe5b6c00da64fad8bf5724873970948');
CREATE TABLE manifest (
	subject TEXT NOT NULL, 
	number BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	first_seen TEXT NOT NULL, 
	last_hashed TEXT, 
	gone TEXT, 
	explained BOOLEAN NOT NULL, 
	PRIMARY KEY (subject, number)
);
CREATE TABLE observed_facts (
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	lines TEXT NOT NULL, 
	PRIMARY KEY (collector, subject)
);
INSERT INTO "observed_facts" VALUES('restic_snapshots','files/offsite','{"as_of":"2024-01-01T01:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000001,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000001","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T01:00:00.000000Z","tree":"0000000000000000000000000000000000000000000000000000000000000007"}}}');
INSERT INTO "observed_facts" VALUES('restic_snapshots','web/offsite','');
INSERT INTO "observed_facts" VALUES('restic_snapshots','mail/offsite','');
CREATE TABLE own_tree (
	number BIGINT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	first BIGINT NOT NULL, 
	rows BIGINT NOT NULL, 
	root TEXT NOT NULL, 
	PRIMARY KEY (number, beneficiary)
);
INSERT INTO "own_tree" VALUES(1,'scota',1,5,'0354cd5a9230d0e073cbcd3e6bbeb3c82509de4af8a246c2bc9ad69af9175a1b');
INSERT INTO "own_tree" VALUES(2,'scota',6,4,'f2102750fa6c04f1aaf702adc08af28b9bc5e14496b366294f551015efa992d2');
CREATE TABLE payload (
	sequence BIGINT NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "payload" VALUES(1,'{"declared":[["backup-rpo","files","scota",null,null]],"digest":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","number":1,"of":1,"salt":"34ba885fe0dbad6340912c4b95063fad","targets":[{"alert_after":null,"attainment":[1,1],"evidence_age":21600000000,"id":"backup-rpo","limit":86400.0,"run_allowance":0,"severity":null,"unit":"seconds"}]}');
INSERT INTO "payload" VALUES(3,'{"salt":"581a7525970d6248bc7d999d06799b6d","stretch":{"covers_from":"2026-11-24T04:12:07.000000Z","stands_until":"2026-11-24T10:12:07.000000Z","starts":[["2026-11-24T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-24T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-24T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-24T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(5,'{"day_row":{"day":"2026-11-23","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"c5ee297bcf1ced51621c858305fa5789"}');
INSERT INTO "payload" VALUES(6,'{"id":"incident-1","received_at":"2026-11-24T04:12:07.000000Z","register":"incident","revision":1,"salt":"1291bc81e47039a53085d09f1ff18b3b","values":{"title":"number 0"}}');
INSERT INTO "payload" VALUES(8,'{"salt":"0c9501b9afb9a4008cb4a1fce2a01d22","stretch":{"covers_from":"2026-11-25T04:12:07.000000Z","stands_until":"2026-11-25T10:12:07.000000Z","starts":[["2026-11-25T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-25T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-25T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-25T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(10,'{"day_row":{"day":"2026-11-24","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"d2f4fd362a02e8a14a0f0c1984154d59"}');
INSERT INTO "payload" VALUES(11,'{"id":"incident-2","received_at":"2026-11-25T04:12:07.000000Z","register":"incident","revision":1,"salt":"ddf5aadf059e37843c1725fd87e79c8f","values":{"title":"number 1"}}');
INSERT INTO "payload" VALUES(12,'{"day":"2026-11-24","fingerprint":"SHA256:Xdm4gfUue79WOy4u5Onp6jdHdvleTp01sNytos3iRyw","first":1,"head":"4357ca40953784ac9958d7d2c3def9b41d6d5c015068579469a2de023dfae73e","last":6,"log":{"bits":24,"checkpoint":"beffroi/Xdm4gfUue79WOy4u5Onp6jdHdvleTp01sNytos3iRyw\n1\ndqiOGUM19ji0HTLk+yFfLahqYi9YL8DDQdyPUuGMlp0=\n\n\u2014 beffroi/Xdm4gfUue79WOy4u5Onp6jdHdvleTp01sNytos3iRyw wfImbosYXo301DRbYJl8y2cy/2S6YP9NSQRyRFi6/X6y4Iopy5Yc63Xmmfp4cwEeyyHc9FgGWx8yIJbKTRb+xnze7QE=\n","seed":"7e9c560d704bc04aedaac17e897e2f742e49c07b77a946c36f8639da05a6ccb1","trees":[{"beneficiary":"scota","first":1,"root":"0354cd5a9230d0e073cbcd3e6bbeb3c82509de4af8a246c2bc9ad69af9175a1b","rows":5}]},"number":1,"previous":"0000000000000000000000000000000000000000000000000000000000000000","salt":"8f4c2696fc543945e8830fce175259c7","signature":"ziiT4qySTVqZsRPzg7ADv/rOhcORBH8crNItATw8j/oNs+u44iBMA6wbmWNikh980DhD3gxpRL4Go4tqTHUXAw=="}');
INSERT INTO "payload" VALUES(14,'{"salt":"d9d612f9cae9e1681230592c8487a6aa","stretch":{"covers_from":"2026-11-26T04:12:07.000000Z","stands_until":"2026-11-26T10:12:07.000000Z","starts":[["2026-11-26T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-26T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-26T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-26T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(16,'{"day_row":{"day":"2026-11-25","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"2fb089b19dd43d266a0a42ae00458342"}');
INSERT INTO "payload" VALUES(17,'{"id":"incident-3","received_at":"2026-11-26T04:12:07.000000Z","register":"incident","revision":1,"salt":"aff11aeca92fedb1c249aed78d7e92c9","values":{"title":"number 2"}}');
INSERT INTO "payload" VALUES(18,'{"day":"2026-11-25","fingerprint":"SHA256:Xdm4gfUue79WOy4u5Onp6jdHdvleTp01sNytos3iRyw","first":7,"head":"f62ed8d7803a8309b3d481b49cb905fb54358b1ce231323cb6cc0bd5c0a09abe","last":12,"log":{"bits":24,"checkpoint":"beffroi/Xdm4gfUue79WOy4u5Onp6jdHdvleTp01sNytos3iRyw\n2\nNpsNSB5AwyGHjpukvKZ3sDcmJ/Bux0MbB6AJY6i/VR4=\n\n\u2014 beffroi/Xdm4gfUue79WOy4u5Onp6jdHdvleTp01sNytos3iRyw wfImbmFJFiTdaNXe12FyHtdFwaWD+FUnD6eEHEILd6xp/tblK1+EnR42MNoRcQF85uwse26RMbAFjeGZ/4JK/kMAago=\n","seed":"78b9d626626b0ac879f21a64ddda535eafe5b6c00da64fad8bf5724873970948","trees":[{"beneficiary":"scota","first":6,"root":"f2102750fa6c04f1aaf702adc08af28b9bc5e14496b366294f551015efa992d2","rows":4}]},"number":2,"previous":"4357ca40953784ac9958d7d2c3def9b41d6d5c015068579469a2de023dfae73e","salt":"52c96e72a596c4a48fd8f856a567b0ca","signature":"ccCWIDI6uqBy4XJ230ukgEmxrPSY1RLu0B6zlYOxlAf0pHU35QcNPS/EclFxcXojGIXdUMfPY8ORQmOBA/OKDA=="}');
INSERT INTO "payload" VALUES(19,'{"day_row":{"day":"2028-01-03","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"edd6f52287fe46df61f811458bac12ea"}');
INSERT INTO "payload" VALUES(20,'{"facts_sha256":"7ffd6688a6847a9e2ad4e69c0ccf8ff180aea78f40fdb7e19dd72fd0466c3f14","look":{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"},"salt":"f22d1e8f709644a8ae41b4d4bb3151a9","whole":[{"as_of":"2024-01-01T01:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000001,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000001","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T01:00:00.000000Z","tree":"0000000000000000000000000000000000000000000000000000000000000007"}}}]}');
INSERT INTO "payload" VALUES(21,'{"facts_sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","look":{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"mail/offsite"},"salt":"0c6e1fbb206be845ba36fca2e683c3f3","whole":[]}');
INSERT INTO "payload" VALUES(22,'{"facts_sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","look":{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"web/offsite"},"salt":"859ac844b10340805b8c1fc109a1f877","whole":[]}');
INSERT INTO "payload" VALUES(23,'{"look":{"begun":"2028-01-05T04:11:07.000000Z","collector":"restic_snapshots","detail":"vault does not answer","ended":"2028-01-05T04:12:07.000000Z","evidence":[],"host":"srv-1","outcome":"failure","reason":"unreachable","subject":"dead"},"salt":"adc44ed126595a67e3eeb327d1989085"}');
INSERT INTO "payload" VALUES(24,'{"look":{"begun":"2028-01-05T04:11:07.000000Z","collector":"restic_snapshots","detail":"vault does not answer","ended":"2028-01-05T04:12:07.000000Z","evidence":[],"host":"srv-1","outcome":"failure","reason":"unreachable","subject":"gone"},"salt":"28e1fa4623c06cd3028e0c3a61ab4ff1"}');
INSERT INTO "payload" VALUES(25,'{"looks":"eNpdTMsKgEAI/Jc9e7CCiH4lOlRrDwo3yj1F/567FFEqOo4zHqal3m1kygohZg2mGxseaFdOF9tIhOyXBb5Nr8SW7MfstmmYODjSBGIG0svq5f64r8SisMqKAlE9LwilCnFuVkGCMeCZOf5AfV4FkTau","salt":"702aaf1beb2f3ac335f2682349fef678"}');
INSERT INTO "payload" VALUES(26,'{"looks":"eNqrVkpKTcsvSlWyijbUAcNYHaXkjMS89NRioBiQk5JYAmbmlebk6KASQNnUvJTUFKCsgQ4YAkXyizLTM/NAOowQJuaXlhSUlkBNLC5IzSsBMqONLSwMDIB6EAwQAqooyc/PBrnIAAx0YLSZARojthYACFk2sg==","salt":"c676c0c916ef6feb8ead490b703e90bf"}');
INSERT INTO "payload" VALUES(27,'{"erased":[[2,2],[4,4],[7,7],[9,9],[13,13],[15,15]],"keep":34560000000000,"numbers":{},"rule":"keep_readings","salt":"bf3a2baeb83da7fc9ad60b13dea2d71f"}');
CREATE TABLE reading_row (
	sequence BIGINT NOT NULL, 
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	base BIGINT, 
	PRIMARY KEY (sequence)
);
INSERT INTO "reading_row" VALUES(20,'restic_snapshots','files/offsite',20);
INSERT INTO "reading_row" VALUES(21,'restic_snapshots','mail/offsite',21);
INSERT INTO "reading_row" VALUES(22,'restic_snapshots','web/offsite',22);
INSERT INTO "reading_row" VALUES(23,'restic_snapshots','dead',NULL);
INSERT INTO "reading_row" VALUES(24,'restic_snapshots','gone',NULL);
CREATE TABLE schema_version (
	version INTEGER NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO "schema_version" VALUES(5);
CREATE TABLE standing (
	target TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	day TEXT NOT NULL, 
	words TEXT NOT NULL, 
	at TEXT NOT NULL, 
	verdict TEXT NOT NULL, 
	PRIMARY KEY (target, subject, beneficiary)
);
INSERT INTO "standing" VALUES('backup-rpo','files','scota',14,'2026-11-26','["met","met","met","within-limit",86400.0,null]','2026-11-26T04:12:07.000000Z','{"about":{},"acceptance":null,"at":"2026-11-26T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-26T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-26T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}');
CREATE TABLE tip (
	one INTEGER NOT NULL, 
	sequence BIGINT NOT NULL, 
	instant TEXT NOT NULL, 
	link TEXT NOT NULL, 
	PRIMARY KEY (one)
);
INSERT INTO "tip" VALUES(1,27,'2028-01-05T04:57:07.000000Z','6e17679f84650b93d726cea4eed4c3a5993922409388e1fc595423abff4dd60c');
CREATE TABLE verdict_row (
	sequence BIGINT NOT NULL, 
	target TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "verdict_row" VALUES(3,'backup-rpo','files','scota','2026-11-24T04:12:07.000000Z');
INSERT INTO "verdict_row" VALUES(8,'backup-rpo','files','scota','2026-11-25T04:12:07.000000Z');
INSERT INTO "verdict_row" VALUES(14,'backup-rpo','files','scota','2026-11-26T04:12:07.000000Z');
CREATE INDEX reading_row_by_subject ON reading_row (collector, subject, sequence);
CREATE INDEX verdict_row_by_instant ON verdict_row (at);
CREATE INDEX verdict_row_by_key ON verdict_row (target, subject, beneficiary, at);
CREATE INDEX day_row_by_day ON day_row (day);
CREATE INDEX day_row_by_sequence ON day_row (sequence);
CREATE UNIQUE INDEX entry_row_by_id ON entry_row (register, id, revision);
CREATE TRIGGER chain_is_never_updated BEFORE UPDATE ON chain
       BEGIN SELECT RAISE(ABORT, 'a row of the chain is never changed'); END;
CREATE TRIGGER chain_is_never_deleted BEFORE DELETE ON chain
       BEGIN SELECT RAISE(ABORT, 'a row of the chain is never removed'); END;
CREATE TRIGGER chain_only_grows BEFORE INSERT ON chain
       WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM chain)
       BEGIN SELECT RAISE(ABORT, 'a row of the chain follows the last one'); END;
CREATE TRIGGER payload_is_never_updated BEFORE UPDATE ON payload
       BEGIN SELECT RAISE(ABORT, 'a payload is never changed'); END;
CREATE TRIGGER payload_is_deleted_by_rule BEFORE DELETE ON payload
       WHEN NOT EXISTS (SELECT 1 FROM erased WHERE sequence = OLD.sequence)
       BEGIN SELECT RAISE(ABORT, 'a payload is erased only by a rule'); END;
CREATE TRIGGER payload_only_grows BEFORE INSERT ON payload
       WHEN EXISTS (SELECT 1 FROM payload WHERE sequence = NEW.sequence)
       BEGIN SELECT RAISE(ABORT, 'a payload is never replaced'); END;
CREATE TRIGGER erased_is_never_updated BEFORE UPDATE ON erased
       BEGIN SELECT RAISE(ABORT, 'what was erased stays noted'); END;
CREATE TRIGGER erased_is_never_deleted BEFORE DELETE ON erased
       BEGIN SELECT RAISE(ABORT, 'what was erased stays noted'); END;
COMMIT;
