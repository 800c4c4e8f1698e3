BEGIN TRANSACTION;
CREATE TABLE chain (
	sequence BIGINT NOT NULL, 
	instant TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	payload_sha256 TEXT NOT NULL, 
	link TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "chain" VALUES(1,'2026-11-24T04:12:07.000000Z','load','scota','fdfee53de4257e1c61493ea0a44ed139313aaa52b96b8f92c36aabe80bb20100','720ff10da512fb4a8bbc0186eaa4524870eead1641d2d89f9af03d42afa02cb8');
INSERT INTO "chain" VALUES(2,'2026-11-24T04:12:07.000000Z','reading','scota','8cdeabba0b4af5fe2282c85e0ac07852e3ea7e37bf823b3ce538360afae52636','2dbc61f6715511fe62068e9fc8ec4ade0611dbfd57dc51a0c88d13661cc8f4a5');
INSERT INTO "chain" VALUES(3,'2026-11-24T04:12:07.000000Z','verdict','scota','5586ebb6af2b2b328fedf3a3872ded33d3dc01824d253029d0e06d243767f170','340662e62c05bd71e8fe848e53ce0790d0ecabfa2294247cf60da0c9fd76a01d');
INSERT INTO "chain" VALUES(4,'2026-11-24T04:12:07.000000Z','reading','','deaa378c571f349b9bd8258f4c5aaaf210efb16dc69b291fff361a627c7a3be1','4cc293910778e14e2675e43de102d2977708ec09b5d5ac4e6bc6b5970cb251b0');
INSERT INTO "chain" VALUES(5,'2026-11-24T04:12:07.000000Z','day','scota','3e2d1d9ca6570ca5fa8581ae872e2149a95a54cb8ff4e58d78023d309a165092','fde1676fcbd3332b6a0ad9bfd3547ee006ee401f196da4a405f28fc926d8d711');
INSERT INTO "chain" VALUES(6,'2026-11-24T04:12:07.000000Z','entry','scota','23de088c5e6c312bf43e173d6202ac9909818cd4a074db4af78dbea9899570f0','040870c0b039d2c403993ef241d44df3bffdff70335fca3a2081d5c240e71022');
INSERT INTO "chain" VALUES(7,'2026-11-25T04:12:07.000000Z','reading','scota','7c5cba60ba7b76b24b9318d72012847832e17589b50bbf84eb29a3f3aa523b55','54525d0c03c232bd41155e825cd421260d21bc3cfc90c4f0421b78573eca3913');
INSERT INTO "chain" VALUES(8,'2026-11-25T04:12:07.000000Z','verdict','scota','b068d06f92f5428260ffee7c2f71894ba24e6db0e716a02b4a2e1d4edef47e4f','b62f411425a24f6d2eadbf4002f97722a3a6e5bc834b7e89f33280d8cdaa4adf');
INSERT INTO "chain" VALUES(9,'2026-11-25T04:12:07.000000Z','reading','','f7bf11c005e1c23858de09965c3a84d423986388cb888685f81a0e8efd5a85fe','79f1c362663fde85b8c2f5a09efad8ef1e59b6c4c5b72088c389abd2202429f2');
INSERT INTO "chain" VALUES(10,'2026-11-25T04:12:07.000000Z','day','scota','9f8bbad78756d890a8ee08d04c7ec95885447ab284ad05b84bc9aa871c6d8d98','847143085453d50673c4e1a05a9580093dbaeea9128536b1e64464b386532683');
INSERT INTO "chain" VALUES(11,'2026-11-25T04:12:07.000000Z','entry','scota','889b0be98648ed56d18977cf0cbb8e2ec2bf34ed60425548689a2ea22d066945','726a15d0bee5f1a64065d6714be1eb3bc9db5dbe952c790496785e923419a64d');
INSERT INTO "chain" VALUES(12,'2026-11-25T04:12:07.000000Z','head','','1b15b7ccf708cd1ba601c2b9988f37e7afac4c405135749c3066984ad56dcd66','e5b69a832a596b364b186f30c6020c968a7e08580f768b9086789b858000593b');
INSERT INTO "chain" VALUES(13,'2026-11-26T04:12:07.000000Z','reading','scota','3852a15465cb5b280a6108efad7477335ba187019e928831c1355944cc345ddf','a5131a5463445f7f826ac67117ccebada0da8780dc80e86c231da4377bda8472');
INSERT INTO "chain" VALUES(14,'2026-11-26T04:12:07.000000Z','verdict','scota','2eaef6c2a2525cb59016b618fca85a7d8e259326e3e2f164f5e994667839e801','3b82478f55d4d85035dc2675d280bca36f7c2323a5247e4d4b5fa57cef0b5215');
INSERT INTO "chain" VALUES(15,'2026-11-26T04:12:07.000000Z','reading','','e7bf9a4cdc51eaae1bb809dcc6dbec65df33f3e89f15ae1b97a913aa0989a581','d7ed3c2779a16fd6ad7d187e51816c569dd39c2823a78993fb2afd4d3dd57355');
INSERT INTO "chain" VALUES(16,'2026-11-26T04:12:07.000000Z','day','scota','e6adcc49442d571895b0ddc2ee28dbf2e9f0b74f5ef73d42e1d5f51befabf723','8a61d789932c79605b3d837af112a437b7e2a44c817b5bef61457f851405284d');
INSERT INTO "chain" VALUES(17,'2026-11-26T04:12:07.000000Z','entry','scota','c55163da1f34843c32b01dd404e69f3990ba7a48a394f517a9a809d6c6c66f18','32a3ab85361fec014598762ae93e237bee6d50bde013501451e0dcb00a40023a');
INSERT INTO "chain" VALUES(18,'2026-11-26T04:12:07.000000Z','head','','1b52278479285582b3c8b188b0b6be611f554921731c3be3571214584466cdcf','4f61dfd23755779839bda520a221d9d177016d62ed13c7a841f0863158ac5ba6');
INSERT INTO "chain" VALUES(19,'2028-01-03T04:12:07.000000Z','day','scota','c3679bcc66844eda328cd2bd209991e6eefb0d2b88fe307a2973853a26917c3a','24a18d4488eb1f72ab7dc61ab4ac9c50bee49cf6cd0c799d2cd9001fb6b8f884');
INSERT INTO "chain" VALUES(20,'2028-01-05T04:12:07.000000Z','reading','scota','dfc2ae5f490e8f444d5d66c25e0321f32f0b175bc04df8fa9bdb145d302050cd','fe95ecd1708fcf201bf70c0d1040027da7c7bb086dd14ac27f6531627b934472');
INSERT INTO "chain" VALUES(21,'2028-01-05T04:12:07.000000Z','erasure','','d026a4842e1abc37465d9a64ed224a87a554eb489ed5dbd7f8de05ff34278b73','72b9a7bf2f70669f3bfd508bc90401e7756d0de619f4ffc85714589926704a13');
CREATE TABLE checkpoint (
	size BIGINT NOT NULL, 
	sequence BIGINT NOT NULL, 
	note TEXT NOT NULL, 
	PRIMARY KEY (size)
);
INSERT INTO "checkpoint" VALUES(1,12,'beffroi/7rOBxXIYo2hCQPBzd8PWZ4TywzyKBp_nEic_1EZ2nIM
1
LGXgJMXGnc1MIknWZdmuj2uLgeCOSKpRm4dSSufH8rc=

— beffroi/7rOBxXIYo2hCQPBzd8PWZ4TywzyKBp_nEic_1EZ2nIM mfAfOtb0JluMMqvYd85papF02+rO+/2Rd2oWRvJcDyL3S6h5m1E6FckfrTOsYOg1tJfiY6Uw01q5VxBdpHFZOo9xYgg=
');
INSERT INTO "checkpoint" VALUES(2,18,'beffroi/7rOBxXIYo2hCQPBzd8PWZ4TywzyKBp_nEic_1EZ2nIM
2
Nu8kJbXeny9bHL2GMjWdiSY3M1Dzpz18NUjLZQPpbZc=

— beffroi/7rOBxXIYo2hCQPBzd8PWZ4TywzyKBp_nEic_1EZ2nIM mfAfOvIuxgvT5eAOSZPRGTR5KxYsAPTpeFHSEfUKN5HVjLqvuKfaRZqYW26r6onhkMe0ARJFmnD7E6+9/rQaBoPK4Q4=
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
INSERT INTO "erased" VALUES(2,21);
INSERT INTO "erased" VALUES(4,21);
INSERT INTO "erased" VALUES(7,21);
INSERT INTO "erased" VALUES(9,21);
INSERT INTO "erased" VALUES(13,21);
INSERT INTO "erased" VALUES(15,21);
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
INSERT INTO "head" VALUES(1,12,'2026-11-24',1,6,'0000000000000000000000000000000000000000000000000000000000000000','8df9740cce3fde71fbe7ee88c6eeb58bcc491cef6302e447467a5c0d5285f637','aXyTh5N0NxENW70IzxAnAr90u5SWPDJwP/6jCcdJ2KPNDtT+wFISQj+4uGEDoAc8sJ+IjIuP0nc0gGaTnQ5FBg==','SHA256:7rOBxXIYo2hCQPBzd8PWZ4TywzyKBp/nEic/1EZ2nIM');
INSERT INTO "head" VALUES(2,18,'2026-11-25',7,12,'8df9740cce3fde71fbe7ee88c6eeb58bcc491cef6302e447467a5c0d5285f637','4bcbcdf65a4274b13306266b8f9cf755b6ddc9cef43ad2e14cb55c1587c81382','2nUVpXAdOLbBU3AhtVCMN2QjN+2HaMfz+zYEkzJX7MRLp6ObMrZ1wOf2Aq2l+YGF8D8NKwZX2X3HDZkwcPozDw==','SHA256:7rOBxXIYo2hCQPBzd8PWZ4TywzyKBp/nEic/1EZ2nIM');
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
CREATE TABLE latest_reading (
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	look TEXT NOT NULL, 
	PRIMARY KEY (collector, subject)
);
INSERT INTO "latest_reading" VALUES('restic_snapshots','files/offsite',20,'{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"}');
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
INSERT INTO "log_leaf" VALUES(0,1,'{"day":"2026-11-24","head":"8df9740cce3fde71fbe7ee88c6eeb58bcc491cef6302e447467a5c0d5285f637","number":1,"root":"5dd84b8d05bbcb2620b9d33b0b4f024ae24643258511ffe67c9b84130cc3480c"}','dd4015f56a49fadf594d7e6b31689c35bc3fa710abe9929263ee2547ef7f4fe2');
INSERT INTO "log_leaf" VALUES(1,2,'{"day":"2026-11-25","head":"4bcbcdf65a4274b13306266b8f9cf755b6ddc9cef43ad2e14cb55c1587c81382","number":2,"root":"28b94c67839c5d75122a0d59c5638f1d9833d099514b5cedb3ef1da194f1c6f8"}','da6f8249104f035e93b09a58dd36a60610475ec914bff811cb145a15293e1d8c');
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
CREATE TABLE own_tree (
	number BIGINT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	first BIGINT NOT NULL, 
	rows BIGINT NOT NULL, 
	root TEXT NOT NULL, 
	PRIMARY KEY (number, beneficiary)
);
INSERT INTO "own_tree" VALUES(1,'scota',1,5,'643701aefadc50acc7f4ab0bb22f2253a44601c3bb577baac3755535e58b6f27');
INSERT INTO "own_tree" VALUES(2,'scota',6,4,'dc472211a6b1209e227fd9881f97312af9bead658180632575f88d0a228f40bb');
CREATE TABLE payload (
	sequence BIGINT NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "payload" VALUES(1,'{"declared":[["backup-rpo","files","scota",null,null]],"digest":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","number":1,"of":1,"salt":"f32c423bb52130c5094d7191eac4bf2c","targets":[{"alert_after":null,"attainment":[1,1],"evidence_age":21600000000,"id":"backup-rpo","limit":86400.0,"run_allowance":0,"severity":null,"unit":"seconds"}]}');
INSERT INTO "payload" VALUES(3,'{"salt":"d620f6951d29b7c76fe6df94657cfa98","stretch":{"covers_from":"2026-11-24T04:12:07.000000Z","stands_until":"2026-11-24T10:12:07.000000Z","starts":[["2026-11-24T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-24T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-24T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-24T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(5,'{"day_row":{"day":"2026-11-23","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"b97825a9e06542eee3fccf94a07aa88a"}');
INSERT INTO "payload" VALUES(6,'{"id":"incident-1","received_at":"2026-11-24T04:12:07.000000Z","register":"incident","revision":1,"salt":"cf682692577bf9af048841dc57aa8fbd","values":{"title":"number 0"}}');
INSERT INTO "payload" VALUES(8,'{"salt":"9caf856b1a2316cca7beb4f42001355e","stretch":{"covers_from":"2026-11-25T04:12:07.000000Z","stands_until":"2026-11-25T10:12:07.000000Z","starts":[["2026-11-25T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-25T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-25T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-25T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(10,'{"day_row":{"day":"2026-11-24","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"62b34550c72ecab3cb5478e05de55253"}');
INSERT INTO "payload" VALUES(11,'{"id":"incident-2","received_at":"2026-11-25T04:12:07.000000Z","register":"incident","revision":1,"salt":"04aed341d92b2a420a3831f409205445","values":{"title":"number 1"}}');
INSERT INTO "payload" VALUES(12,'{"day":"2026-11-24","fingerprint":"SHA256:7rOBxXIYo2hCQPBzd8PWZ4TywzyKBp/nEic/1EZ2nIM","first":1,"head":"8df9740cce3fde71fbe7ee88c6eeb58bcc491cef6302e447467a5c0d5285f637","last":6,"log":{"checkpoint":"beffroi/7rOBxXIYo2hCQPBzd8PWZ4TywzyKBp_nEic_1EZ2nIM\n1\nLGXgJMXGnc1MIknWZdmuj2uLgeCOSKpRm4dSSufH8rc=\n\n\u2014 beffroi/7rOBxXIYo2hCQPBzd8PWZ4TywzyKBp_nEic_1EZ2nIM mfAfOtb0JluMMqvYd85papF02+rO+/2Rd2oWRvJcDyL3S6h5m1E6FckfrTOsYOg1tJfiY6Uw01q5VxBdpHFZOo9xYgg=\n","seed":"dd4015f56a49fadf594d7e6b31689c35bc3fa710abe9929263ee2547ef7f4fe2","trees":[{"beneficiary":"scota","first":1,"root":"643701aefadc50acc7f4ab0bb22f2253a44601c3bb577baac3755535e58b6f27","rows":5}]},"number":1,"previous":"0000000000000000000000000000000000000000000000000000000000000000","salt":"94177e4806f862169f043f029cb9fada","signature":"aXyTh5N0NxENW70IzxAnAr90u5SWPDJwP/6jCcdJ2KPNDtT+wFISQj+4uGEDoAc8sJ+IjIuP0nc0gGaTnQ5FBg=="}');
INSERT INTO "payload" VALUES(14,'{"salt":"260be588c989774cea75b9dbb5bf873e","stretch":{"covers_from":"2026-11-26T04:12:07.000000Z","stands_until":"2026-11-26T10:12:07.000000Z","starts":[["2026-11-26T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-26T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-26T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-26T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(16,'{"day_row":{"day":"2026-11-25","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"74ec692a58f3d6954442d16005b71575"}');
INSERT INTO "payload" VALUES(17,'{"id":"incident-3","received_at":"2026-11-26T04:12:07.000000Z","register":"incident","revision":1,"salt":"5e05e6080a26de93864f97a76aa9677c","values":{"title":"number 2"}}');
INSERT INTO "payload" VALUES(18,'{"day":"2026-11-25","fingerprint":"SHA256:7rOBxXIYo2hCQPBzd8PWZ4TywzyKBp/nEic/1EZ2nIM","first":7,"head":"4bcbcdf65a4274b13306266b8f9cf755b6ddc9cef43ad2e14cb55c1587c81382","last":12,"log":{"checkpoint":"beffroi/7rOBxXIYo2hCQPBzd8PWZ4TywzyKBp_nEic_1EZ2nIM\n2\nNu8kJbXeny9bHL2GMjWdiSY3M1Dzpz18NUjLZQPpbZc=\n\n\u2014 beffroi/7rOBxXIYo2hCQPBzd8PWZ4TywzyKBp_nEic_1EZ2nIM mfAfOvIuxgvT5eAOSZPRGTR5KxYsAPTpeFHSEfUKN5HVjLqvuKfaRZqYW26r6onhkMe0ARJFmnD7E6+9/rQaBoPK4Q4=\n","seed":"da6f8249104f035e93b09a58dd36a60610475ec914bff811cb145a15293e1d8c","trees":[{"beneficiary":"scota","first":6,"root":"dc472211a6b1209e227fd9881f97312af9bead658180632575f88d0a228f40bb","rows":4}]},"number":2,"previous":"8df9740cce3fde71fbe7ee88c6eeb58bcc491cef6302e447467a5c0d5285f637","salt":"7a1a21eb797bf8aec0b62afb046e26eb","signature":"2nUVpXAdOLbBU3AhtVCMN2QjN+2HaMfz+zYEkzJX7MRLp6ObMrZ1wOf2Aq2l+YGF8D8NKwZX2X3HDZkwcPozDw=="}');
INSERT INTO "payload" VALUES(19,'{"day_row":{"day":"2028-01-03","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"e4584a2d1dcdf0f75a1901d583567521"}');
INSERT INTO "payload" VALUES(20,'{"facts_sha256":"7ffd6688a6847a9e2ad4e69c0ccf8ff180aea78f40fdb7e19dd72fd0466c3f14","look":{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"},"salt":"fccb4cfab7e6b6a7078c9bdaec5bca78","whole":[{"as_of":"2024-01-01T01:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000001,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000001","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T01:00:00.000000Z","tree":"0000000000000000000000000000000000000000000000000000000000000007"}}}]}');
INSERT INTO "payload" VALUES(21,'{"erased":[[2,2],[4,4],[7,7],[9,9],[13,13],[15,15]],"keep":34560000000000,"numbers":{},"rule":"keep_readings","salt":"34af355eba6afd701e5179b9551ea39f"}');
CREATE TABLE reading_row (
	sequence BIGINT NOT NULL, 
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	base BIGINT, 
	PRIMARY KEY (sequence)
);
INSERT INTO "reading_row" VALUES(20,'restic_snapshots','files/offsite',20);
CREATE TABLE schema_version (
	version INTEGER NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO "schema_version" VALUES(3);
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
INSERT INTO "tip" VALUES(1,21,'2028-01-05T04:12:07.000000Z','72b9a7bf2f70669f3bfd508bc90401e7756d0de619f4ffc85714589926704a13');
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
CREATE INDEX verdict_row_by_key ON verdict_row (target, subject, beneficiary, at);
CREATE INDEX verdict_row_by_instant ON verdict_row (at);
CREATE INDEX day_row_by_sequence ON day_row (sequence);
CREATE INDEX day_row_by_day ON day_row (day);
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
