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
INSERT INTO "chain" VALUES(1,'2026-11-24T04:12:07.000000Z','load','scota','5315d914bb9500c0f2d6756519b85d4cf442247a0b6f55d829d01ef3b13bb9a3','441db1d05b9c9d6ba9d55652d389722de54effe3dde3db6cd4823b79459c57b2');
INSERT INTO "chain" VALUES(2,'2026-11-24T04:12:07.000000Z','reading','scota','be8d3e77750ea5078f2979a270b6844e42dbf392b3fabce43244fcf1089f2dfa','f8dfd87b5ea9502993b68468bafd5d874c0491d3e454958099a94b4417daf62c');
INSERT INTO "chain" VALUES(3,'2026-11-24T04:12:07.000000Z','verdict','scota','03f9aebd4ce4405bfec0511a2bb21708405f901a5cd44892e4c4c74a2bae8c84','b19cc0d8770d96813dbb5b6b81b56a7df01121d168d7aac15dd19b2a47e14457');
INSERT INTO "chain" VALUES(4,'2026-11-24T04:12:07.000000Z','reading','','d6eeb50576f03ea7bff2650ac567de2384e37c803de718ac3a97fe7dcc1cc806','0249d37fdcb4222dcac385cb2e660d9843b9f12c585cfa5608fdab88ffb2e64a');
INSERT INTO "chain" VALUES(5,'2026-11-24T04:12:07.000000Z','day','scota','cac2f38c4b08b5d5515844477135da6ea462fe9d8fade96b582cc23ff58b671c','5ea23c3d67e2290e6db2944436f39d95fbc64fd9c26be1bcebedf80db8f2c95c');
INSERT INTO "chain" VALUES(6,'2026-11-24T04:12:07.000000Z','entry','scota','427d65b790be5d134ebe926b6c89bdb368fc63edff2d0c384baaa16aa86fa690','dc86ea3f67b9c208db369847cb49d81f7d2a667eb726f015916525e0c257e951');
INSERT INTO "chain" VALUES(7,'2026-11-25T04:12:07.000000Z','reading','scota','2ee9c48c791cbf790605210fc015a8a66c07b2b343c6123f1f0e5cb700601976','b2003d6d82edde64303d870baa5ced4a7c362b26ebe0e4cc91c2a9c8c428359f');
INSERT INTO "chain" VALUES(8,'2026-11-25T04:12:07.000000Z','verdict','scota','ff7ea8db0f6564f9b0fff00cdd3bdf098856189be97186d040c86b859c3265ed','8071e6b510bbd247b156e9ec9cb9a521cf0ffa97db9fb5712cf758b2d155d51c');
INSERT INTO "chain" VALUES(9,'2026-11-25T04:12:07.000000Z','reading','','68b9c5b28abb1161faa3d6824685efda92e35f0833af301f83bb9be87cf8601c','3908f7a40dee97e3690282280245d19b5068ed16626128a4f57e818faea6234c');
INSERT INTO "chain" VALUES(10,'2026-11-25T04:12:07.000000Z','day','scota','7223d18afde8b5d2d2f57afd484c1a5bc971090a4ceca2cb20d94fd5cb6fcbbe','b37731d4f5e71c6694e0f28a781837ae703bffb59ced488953eb5d65f0f7a3ba');
INSERT INTO "chain" VALUES(11,'2026-11-25T04:12:07.000000Z','entry','scota','d90ed39811f034d9d35c5726d059bb780b2e32785b5e64bab29e62363c46b9a8','9a7f528f7d3bc79794a022e2605a30b09e1579a81fa37e23102f2fd484151ea9');
INSERT INTO "chain" VALUES(12,'2026-11-25T04:12:07.000000Z','head','','87d299e47752f2aab63262ebce7bb3960ffba8127f72a3a320c1cc6aaccc9a74','2ffd05e5c9ead5c7241d18c54a660e9fa1dc0926bcb73d1613a47b2ef51ff1b3');
INSERT INTO "chain" VALUES(13,'2026-11-26T04:12:07.000000Z','reading','scota','185f5ee7a31bacb69824c7fc30be43d82454388d69179b272bbbae88c499b20c','03bafb2f6f3c18b74990ae45784b74482cf4793775680ec40098cd8a49d61cb2');
INSERT INTO "chain" VALUES(14,'2026-11-26T04:12:07.000000Z','verdict','scota','17d91de76aaff3fb0ca2e420db9b710900df533fefd148d5ef93bbfe1a68deb7','3d7cdb4044ebd165b21b2713ae7a78bf7ef104a6fe1f2c7e1489b1e3e0476609');
INSERT INTO "chain" VALUES(15,'2026-11-26T04:12:07.000000Z','reading','','f43fd0a78d09000363669bde1826be1c4345de7d5d17f2c966444114d47267ae','1eb1da931c41996361507cd19f90b3560d2ff9f7453b482c8d149e6e58f09061');
INSERT INTO "chain" VALUES(16,'2026-11-26T04:12:07.000000Z','day','scota','ed8abb0eae63833ed6139994b814549bfc8b7861686a4e93fcaeeb6353a69323','5003ec5bcc0a7d909a2efae3763f5678cdf537d19b363879725293254b5dfbb0');
INSERT INTO "chain" VALUES(17,'2026-11-26T04:12:07.000000Z','entry','scota','6612d10b8c381da1aa1454f6cf326121c70a3158fa78d1eafca3868b9b7d8577','a46add7aceb07e105348380cfce292b06aae24c3ebd2802b607e2cedbd41013b');
INSERT INTO "chain" VALUES(18,'2026-11-26T04:12:07.000000Z','head','','a3a6f495fb4b4be97d7785c0fc4b0a486b4ac0398bed7f9f3197b86c5043ae8f','944a5c6e59964c24bcfaf2ec48a3bf82d57dda2b915254ea92db01acf597aab4');
INSERT INTO "chain" VALUES(19,'2028-01-03T04:12:07.000000Z','day','scota','a30c8834ead9af431b80e24ee29c38974bcd7bacb6a335af587bee89712b4d0a','56ef5d95ccbe61f49dad4327cb554747b866d639a80ee2bc8f79495cc484a858');
INSERT INTO "chain" VALUES(20,'2028-01-05T04:12:07.000000Z','reading','scota','bc214ad34f289c2e9d2ca967af2d4a7b67f0d0292bec33df42d1e4bee10fc980','f497d0ca5fec863d9fe5e3dd19a96362677fb315a664ba0a071dd7c879cc05d7');
INSERT INTO "chain" VALUES(21,'2028-01-05T04:12:07.000000Z','erasure','','e350b782a724c856cd9e43e7ad807b3528051a77aced32fd21b33cdd764bd804','5cb996e9b9a9ffcc25dca6375637d263b9e6a1e5d4f73f61cf8df022511fa3de');
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
INSERT INTO "head" VALUES(1,12,'2026-11-24',1,6,'0000000000000000000000000000000000000000000000000000000000000000','29ab3619ef6036482f6aeb62d023d6a77308c46651e987a2035430747775d8dd','bosDZBv3ppXbCKJy60AwYLU9Xx8TMFivs6NMDzS65ntIkP5nwPls+qsTXS/rI8I/y7hg8khHt0zFR8sRQiAuBA==','SHA256:tgAyUOdzpr3YhS5acn0MgnqKmIJkT5xg0KU8WLxgyB0');
INSERT INTO "head" VALUES(2,18,'2026-11-25',7,12,'29ab3619ef6036482f6aeb62d023d6a77308c46651e987a2035430747775d8dd','9f783ddf59f6be3dfad9ca4d34bc804eb82b16f9c5934eb2c2a1b162b5b55133','YUJlaOnl2rQ5KRThbvdmgg6LFJ0GT1WFWOCRbirmgL1qrskMPaQ0USMibZK28lk42Oj6TXGNE7S+TzUtVtbRAg==','SHA256:tgAyUOdzpr3YhS5acn0MgnqKmIJkT5xg0KU8WLxgyB0');
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
CREATE TABLE payload (
	sequence BIGINT NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "payload" VALUES(1,'{"declared":[["backup-rpo","files","scota",null,null]],"digest":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","number":1,"of":1,"salt":"173c4a96b556b1fcc35f7a0f0a8637ae","targets":[{"alert_after":null,"attainment":[1,1],"evidence_age":21600000000,"id":"backup-rpo","limit":86400.0,"run_allowance":0,"severity":null,"unit":"seconds"}]}');
INSERT INTO "payload" VALUES(3,'{"salt":"a9790043ccb80e54fe00c0b917bb1b3c","stretch":{"covers_from":"2026-11-24T04:12:07.000000Z","stands_until":"2026-11-24T10:12:07.000000Z","starts":[["2026-11-24T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-24T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-24T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-24T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(5,'{"day_row":{"day":"2026-11-23","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"50d9c3dc772e52489a0ee66bd982a712"}');
INSERT INTO "payload" VALUES(6,'{"id":"incident-1","received_at":"2026-11-24T04:12:07.000000Z","register":"incident","revision":1,"salt":"dc92320e5a3f5e852bf7e929f8e3caad","values":{"title":"number 0"}}');
INSERT INTO "payload" VALUES(8,'{"salt":"b51726544b15d693e0c8748ffc5e2fa5","stretch":{"covers_from":"2026-11-25T04:12:07.000000Z","stands_until":"2026-11-25T10:12:07.000000Z","starts":[["2026-11-25T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-25T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-25T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-25T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(10,'{"day_row":{"day":"2026-11-24","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"193c42f538fc99f7f83b7dea24936be3"}');
INSERT INTO "payload" VALUES(11,'{"id":"incident-2","received_at":"2026-11-25T04:12:07.000000Z","register":"incident","revision":1,"salt":"93e56153899dea5b97f37ced4fe5080d","values":{"title":"number 1"}}');
INSERT INTO "payload" VALUES(12,'{"day":"2026-11-24","fingerprint":"SHA256:tgAyUOdzpr3YhS5acn0MgnqKmIJkT5xg0KU8WLxgyB0","first":1,"head":"29ab3619ef6036482f6aeb62d023d6a77308c46651e987a2035430747775d8dd","last":6,"number":1,"previous":"0000000000000000000000000000000000000000000000000000000000000000","salt":"e088554b12eeb5c960719b32cd0cc5dc","signature":"bosDZBv3ppXbCKJy60AwYLU9Xx8TMFivs6NMDzS65ntIkP5nwPls+qsTXS/rI8I/y7hg8khHt0zFR8sRQiAuBA=="}');
INSERT INTO "payload" VALUES(14,'{"salt":"211ac737f426a97fcda9cb2b5e0764d2","stretch":{"covers_from":"2026-11-26T04:12:07.000000Z","stands_until":"2026-11-26T10:12:07.000000Z","starts":[["2026-11-26T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-26T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-26T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-26T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(16,'{"day_row":{"day":"2026-11-25","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"d42f05bdbe11cc41b427f4b15baa6eec"}');
INSERT INTO "payload" VALUES(17,'{"id":"incident-3","received_at":"2026-11-26T04:12:07.000000Z","register":"incident","revision":1,"salt":"476b4889ea5ca0747b90fdf8cbe43e14","values":{"title":"number 2"}}');
INSERT INTO "payload" VALUES(18,'{"day":"2026-11-25","fingerprint":"SHA256:tgAyUOdzpr3YhS5acn0MgnqKmIJkT5xg0KU8WLxgyB0","first":7,"head":"9f783ddf59f6be3dfad9ca4d34bc804eb82b16f9c5934eb2c2a1b162b5b55133","last":12,"number":2,"previous":"29ab3619ef6036482f6aeb62d023d6a77308c46651e987a2035430747775d8dd","salt":"88803d04d4ea0df1a476e747ae28ea1e","signature":"YUJlaOnl2rQ5KRThbvdmgg6LFJ0GT1WFWOCRbirmgL1qrskMPaQ0USMibZK28lk42Oj6TXGNE7S+TzUtVtbRAg=="}');
INSERT INTO "payload" VALUES(19,'{"day_row":{"day":"2028-01-03","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"8abfed911fa72acd732c833537f86332"}');
INSERT INTO "payload" VALUES(20,'{"facts_sha256":"7ffd6688a6847a9e2ad4e69c0ccf8ff180aea78f40fdb7e19dd72fd0466c3f14","look":{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"},"salt":"0f65b9b4dfe5d54914e260e62800977e","whole":[{"as_of":"2024-01-01T01:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000001,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000001","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T01:00:00.000000Z","tree":"0000000000000000000000000000000000000000000000000000000000000007"}}}]}');
INSERT INTO "payload" VALUES(21,'{"erased":[[2,2],[4,4],[7,7],[9,9],[13,13],[15,15]],"keep":34560000000000,"numbers":{},"rule":"keep_readings","salt":"87b0e5012bfb74996dbf4fc08ec689e3"}');
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
INSERT INTO "schema_version" VALUES(1);
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
INSERT INTO "tip" VALUES(1,21,'2028-01-05T04:12:07.000000Z','5cb996e9b9a9ffcc25dca6375637d263b9e6a1e5d4f73f61cf8df022511fa3de');
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
