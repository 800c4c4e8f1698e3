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
INSERT INTO "chain" VALUES(1,'2026-11-24T04:12:07.000000Z','load','scota','fbae6596430925a02ea807581e6523ccd26af09869d390cda8c36b4063dbeb57','5ebd8c99f4cca4e15e5de1ffb83c161475380ad25f8c437d2b58adc5ff517c11');
INSERT INTO "chain" VALUES(2,'2026-11-24T04:12:07.000000Z','reading','scota','fc884417da888a2b4f9f6caacb7594fbc9d4c0f1cd56a1a1f4a603fdae7f3ab9','69879fc687039d4c38caaf5e3984cd5dad0e50a95fb6fba0d6331d389dee705c');
INSERT INTO "chain" VALUES(3,'2026-11-24T04:12:07.000000Z','verdict','scota','e878d2c9173c1dd5d69f050442cf28a24f799ca35e655e7b7882acbe3d6004d6','3754755fb6526e623f596ef4b493586ab0874e2f4a9d466b9b871da2c1c9cabb');
INSERT INTO "chain" VALUES(4,'2026-11-24T04:12:07.000000Z','reading','','a24c1c146880d65b08105137950f4cdd60262264eb17cf668ae478bc36e2d81a','010376516c0697fd36506da2a23dec823d155528cf19b402e28505be2a22fbce');
INSERT INTO "chain" VALUES(5,'2026-11-24T04:12:07.000000Z','day','scota','a235c3ae36abd91080dad3fe74fcf6eeb8be372077a87f58548bdd72fe1c0ae0','3106461995b569683c8d480d4fc254b3670125669ff6ab7e6b45ad8a5fcdd258');
INSERT INTO "chain" VALUES(6,'2026-11-24T04:12:07.000000Z','entry','scota','e456ced8ac634893353ec5f6fd7c4c17e9d5d4e6b194ee5c8b6c49b5702121fa','4f8a044947e578ee4de9ae24e63f53f4b80f9939c2c463cde3f4214f9d37e156');
INSERT INTO "chain" VALUES(7,'2026-11-25T04:12:07.000000Z','reading','scota','114f6f1536357caf8faf0ab6dcde0d61ee5449c2caf3e2247297a44a2669f1ea','75eee93f179fbc3f0a177fdc80040298a44d7502131498da61e76bdb1d9a08a9');
INSERT INTO "chain" VALUES(8,'2026-11-25T04:12:07.000000Z','verdict','scota','59c1b861195a9980faacdd71d2df83ba088a157a4d535495f908618fbfe5abb8','2983e91d734d3714f2a922522f03e59d42cb24c95766ab8f1072822ff6b26f6d');
INSERT INTO "chain" VALUES(9,'2026-11-25T04:12:07.000000Z','reading','','337d911185b47999b3a734cf01dd3dc8e1566ea0a9db523b881f88b3cce0fa25','aedf23f4f25ad22e12469a7b84417e761cba39f5eb8317d9ae630f7ba28f3296');
INSERT INTO "chain" VALUES(10,'2026-11-25T04:12:07.000000Z','day','scota','537dc5e7091e48d1b0c1ca391127c26542fefb638303f85e5e9e97cd7e25bfcd','ee327542837f79a32fa5adfb554cfd1178ce517d8d5e4568b963e1c56174ab9b');
INSERT INTO "chain" VALUES(11,'2026-11-25T04:12:07.000000Z','entry','scota','fe83ee2ee2d5b50f368fcd15259129789a323dc11fe7d5e2c120f997aded4643','fdd7e1ba0a507e88d97136273baae53fd73b14988ccc37222c3ebe500258f352');
INSERT INTO "chain" VALUES(12,'2026-11-25T04:12:07.000000Z','head','','d5bf679c004f561e003d5fa10e8121fc2277b139a8b28ff9ae0f1662d28095f7','154bdc80726d104bcf6d0817048dced2d5f6758096dbd7accd9e543f4f90e077');
INSERT INTO "chain" VALUES(13,'2026-11-26T04:12:07.000000Z','reading','scota','2ebf45041901711c88e8667688f268c7c791da791ae5a2af22c159a0dec5747f','07f775c31d4fdf22c3968de1b82aab9e774adc1e7b5c01741b6c2527c0384349');
INSERT INTO "chain" VALUES(14,'2026-11-26T04:12:07.000000Z','verdict','scota','cca1452ab4554f595ed243b3a730e8e042000c130b3041eee0bcf15349fb2416','9b6697e4cf97083669af3154d26235181c26b76a6142614e931699b7a7711a99');
INSERT INTO "chain" VALUES(15,'2026-11-26T04:12:07.000000Z','reading','','30b8f0a7de0e9951d062bf670dbd244b66e5ca5e63e189535536cce34341d716','5f25ce4a1d7e0cdee95afb23d103a7a2a40b0a5620854a1e154904f6d3e75f09');
INSERT INTO "chain" VALUES(16,'2026-11-26T04:12:07.000000Z','day','scota','87b35626e7484a2ae31ea266a96ed08da28d143709a308991e2385352bba2bf5','71a31e510cde762de0ad7d07079b00fb24d886f9768eff4b6d5af8803f5ecd40');
INSERT INTO "chain" VALUES(17,'2026-11-26T04:12:07.000000Z','entry','scota','303d58a36f37da7b01f5ef4339698c7af1ac9f369849eddf5adb6dac2afaf886','aefb720366e4321430598224c167934d08c051445a49c7bb687ae02faf10ef32');
INSERT INTO "chain" VALUES(18,'2026-11-26T04:12:07.000000Z','head','','e17d8856bf42806b2df32278d43e93e94c5c00d75ae482ade55713d1eec1c783','9400d88e96cf33dafeccb7584ea8f9eda6e436ce18537ccf268fe85931adf2b8');
INSERT INTO "chain" VALUES(19,'2028-01-03T04:12:07.000000Z','day','scota','15b244691b04e1d394a0e1bf1fb36c4abd560f6d31962c8a4833face908b0cfb','98b61972ba5dd8ba762cf6c1155fa6e783b3a8260a2a68864f24c84922c987ff');
INSERT INTO "chain" VALUES(20,'2028-01-05T04:12:07.000000Z','reading','scota','e553af97d8b227027fcdb5428a7cd9f87eee7fb2545adeffe91cc4fcc857da59','ff59974acf13a2220b5c8f982771d6e6e61597cac068a51762510516134b584c');
INSERT INTO "chain" VALUES(21,'2028-01-05T04:12:07.000000Z','erasure','','3d1878e57600ac2ee47938e47092336a4e70ca5216c72a89041a8908fbe88059','b6a3c9c92f44cfde629bc9fc05c17e684adab4a9f617f3db4e272040bfbf7db3');
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
INSERT INTO "head" VALUES(1,12,'2026-11-24',1,6,'0000000000000000000000000000000000000000000000000000000000000000','33d081c3ee848629aa7339307f4e055ecf61b9c61a01c32d17429dec9b6e78b1','idjv5QSdNJyzyuXr/cI7FqyyQUnYR7UIZWglwrI3l9OLUG8nctx7lbdueuVJaAa1LdfKMncOUxBvpTVyR2pfAw==','SHA256:gosvjK8GTUslqDvE+nRhssqEU6tHeEo5DXlJqzMiH/Q');
INSERT INTO "head" VALUES(2,18,'2026-11-25',7,12,'33d081c3ee848629aa7339307f4e055ecf61b9c61a01c32d17429dec9b6e78b1','ff6c96bb2f210b1394e5db4efefc2e237d3254da8fff306bcdbfbeeda374d474','vNg9jumyjw2Q5T5kJpvyfk37QIKbwMWu+DCcSaEgOX3YGTddKq1s8Pw49yeQfHr2s6Lit4023/bq8Sx8aLn9BQ==','SHA256:gosvjK8GTUslqDvE+nRhssqEU6tHeEo5DXlJqzMiH/Q');
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
	stands_until TEXT, 
	PRIMARY KEY (target, subject, beneficiary)
);
INSERT INTO "line" VALUES('backup-rpo','files','scota','2026-11-26T10:12:07.000000Z');
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
INSERT INTO "payload" VALUES(1,'{"declared":[["backup-rpo","files","scota",null,null]],"digest":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","number":1,"of":1,"salt":"4479663bbf58af3ed90f01f37c231922","targets":[{"alert_after":null,"attainment":[1,1],"evidence_age":21600000000,"id":"backup-rpo","limit":86400.0,"run_allowance":0,"severity":null,"unit":"seconds"}]}');
INSERT INTO "payload" VALUES(3,'{"salt":"ccb63be433c49dc02082227d241e3ca4","stretch":{"covers_from":"2026-11-24T04:12:07.000000Z","stands_until":"2026-11-24T10:12:07.000000Z","starts":[["2026-11-24T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-24T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-24T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-24T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(5,'{"day_row":{"day":"2026-11-23","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"93d78d6aee6497838475ab135d9fbf52"}');
INSERT INTO "payload" VALUES(6,'{"id":"incident-1","received_at":"2026-11-24T04:12:07.000000Z","register":"incident","revision":1,"salt":"6a7d6ac3864940b86bbcb802473df34c","values":{"title":"number 0"}}');
INSERT INTO "payload" VALUES(8,'{"salt":"3b5dd9279199e6e9afd959fffdf0c16f","stretch":{"covers_from":"2026-11-25T04:12:07.000000Z","stands_until":"2026-11-25T10:12:07.000000Z","starts":[["2026-11-25T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-25T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-25T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-25T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(10,'{"day_row":{"day":"2026-11-24","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"1ca7c3f580fafae0178a9c189fd70f22"}');
INSERT INTO "payload" VALUES(11,'{"id":"incident-2","received_at":"2026-11-25T04:12:07.000000Z","register":"incident","revision":1,"salt":"c5b499a75b36d6203a4dce78d0cb1f5e","values":{"title":"number 1"}}');
INSERT INTO "payload" VALUES(12,'{"day":"2026-11-24","fingerprint":"SHA256:gosvjK8GTUslqDvE+nRhssqEU6tHeEo5DXlJqzMiH/Q","first":1,"head":"33d081c3ee848629aa7339307f4e055ecf61b9c61a01c32d17429dec9b6e78b1","last":6,"number":1,"previous":"0000000000000000000000000000000000000000000000000000000000000000","salt":"62347007bebddae3456643f9d51cb115","signature":"idjv5QSdNJyzyuXr/cI7FqyyQUnYR7UIZWglwrI3l9OLUG8nctx7lbdueuVJaAa1LdfKMncOUxBvpTVyR2pfAw=="}');
INSERT INTO "payload" VALUES(14,'{"salt":"a89c871570147be4e57412043117cec8","stretch":{"covers_from":"2026-11-26T04:12:07.000000Z","stands_until":"2026-11-26T10:12:07.000000Z","starts":[["2026-11-26T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-26T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-26T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-26T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(16,'{"day_row":{"day":"2026-11-25","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"a5eb520f9d97e5328b9df0886525d197"}');
INSERT INTO "payload" VALUES(17,'{"id":"incident-3","received_at":"2026-11-26T04:12:07.000000Z","register":"incident","revision":1,"salt":"423df21fa1c0830a882d44d2d48ced23","values":{"title":"number 2"}}');
INSERT INTO "payload" VALUES(18,'{"day":"2026-11-25","fingerprint":"SHA256:gosvjK8GTUslqDvE+nRhssqEU6tHeEo5DXlJqzMiH/Q","first":7,"head":"ff6c96bb2f210b1394e5db4efefc2e237d3254da8fff306bcdbfbeeda374d474","last":12,"number":2,"previous":"33d081c3ee848629aa7339307f4e055ecf61b9c61a01c32d17429dec9b6e78b1","salt":"bce9a9e333665f4bfe42c0ad68c22f1b","signature":"vNg9jumyjw2Q5T5kJpvyfk37QIKbwMWu+DCcSaEgOX3YGTddKq1s8Pw49yeQfHr2s6Lit4023/bq8Sx8aLn9BQ=="}');
INSERT INTO "payload" VALUES(19,'{"day_row":{"day":"2028-01-03","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"56692ee6930930c9a0e2f09d47424b99"}');
INSERT INTO "payload" VALUES(20,'{"facts_sha256":"7ffd6688a6847a9e2ad4e69c0ccf8ff180aea78f40fdb7e19dd72fd0466c3f14","look":{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"},"salt":"22c56b6efbf31f9b51abc413e10fa380","whole":[{"as_of":"2024-01-01T01:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000001,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000001","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T01:00:00.000000Z","tree":"0000000000000000000000000000000000000000000000000000000000000007"}}}]}');
INSERT INTO "payload" VALUES(21,'{"erased":[[2,2],[4,4],[7,7],[9,9],[13,13],[15,15]],"keep":34560000000000,"numbers":{},"rule":"keep_readings","salt":"5f0f1a3d04761819e81a83f6f8756b6e"}');
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
INSERT INTO "tip" VALUES(1,21,'2028-01-05T04:12:07.000000Z','b6a3c9c92f44cfde629bc9fc05c17e684adab4a9f617f3db4e272040bfbf7db3');
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
