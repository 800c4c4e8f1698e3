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
INSERT INTO "chain" VALUES(1,'2026-11-24T04:12:07.000000Z','load','scota','88a3e1941d3effa35cae837fa724266484d8e788609019a84c3efc6142567f77','8779f7d0484c4fffd0ed878692b260ccabacc7918287026f06b9ac61a9eacce6');
INSERT INTO "chain" VALUES(2,'2026-11-24T04:12:07.000000Z','reading','scota','fad50a0a2f3519e751c7cee0ffa6c2d58f9c6d5c29245ed70e8dd3483ef8c4d3','b697dc8014fbd670c4660c329a9eb39dd4582e0f8a6230a2c368a6d1313ccb29');
INSERT INTO "chain" VALUES(3,'2026-11-24T04:12:07.000000Z','verdict','scota','7b127fefb10717094f46e768d9b27596855c4bd877faa02a5749cb4fa20b45ad','004cc1a3afdc9ca2e6f4c08243c815cca9f938b0fcf52ceaadd5db06c98e8c9d');
INSERT INTO "chain" VALUES(4,'2026-11-24T04:12:07.000000Z','reading','','64c6316f62d63e8f41ed8bbf10b6340bcb7ed67dfcead61d4f81a1d1fc4b621f','24559d8a8cfc480577f6501509052f9644145af95bbc952903abbc0f6ae6e630');
INSERT INTO "chain" VALUES(5,'2026-11-24T04:12:07.000000Z','day','scota','df154be7095ebc4cfea41de649586b445ed97e9855d00cb13f224df80e815af2','9ac28bc5353ea63f698975f75ae0ce9bf7c39a547657292ed4d31bab6bfcf1ba');
INSERT INTO "chain" VALUES(6,'2026-11-24T04:12:07.000000Z','entry','scota','3bbc56a288ccda2e0942d1afcb225f1386b533f25aa1b0f9ceca9c45640209bd','070e9f365cba3a3a98c0e6b62640cd5997a547d6df2383051640eb9824254b93');
INSERT INTO "chain" VALUES(7,'2026-11-25T04:12:07.000000Z','reading','scota','95077c093dec406ab004e8ffc2ffb07555e7b9bae230acae00db68689966a89c','5c8b9e0c21df1b1d9692c7ec2bd9020cbbd53b231db2bd3ef25e61516f5aa2ce');
INSERT INTO "chain" VALUES(8,'2026-11-25T04:12:07.000000Z','verdict','scota','b2341bd87c6a15047b72b59a341c4ced8bdc88808e756d29502878cc3d5473b1','5061607d3de53e5a074bc477bcdc40fda5a03d9a7a39853b1fcad30e062ad90a');
INSERT INTO "chain" VALUES(9,'2026-11-25T04:12:07.000000Z','reading','','5d788cb32ec41177988844687e2aea28070ba1fe1de34d9eb4285e814b9896c5','1527dde447c6d6378f870a1db09c1f0b08124bc96afc1564e402a3f24427d9b1');
INSERT INTO "chain" VALUES(10,'2026-11-25T04:12:07.000000Z','day','scota','e08bda719489bcfa9fcfd974cec3c825096be7c51c54e0114c8df098759e5f7c','446036a4340c79588e6fec5cd9f31b30aeac50eb4eaaad312a2ca830b5d9015e');
INSERT INTO "chain" VALUES(11,'2026-11-25T04:12:07.000000Z','entry','scota','3db9b342e39927c6f1deaf55fe08d535010d02c21041491d5453a0d5989eda62','65151d652951fe3ed5684b125bc77f77dd58decb2125aeb081702fc2013b79a6');
INSERT INTO "chain" VALUES(12,'2026-11-25T04:12:07.000000Z','head','','8e64003a8512be355a9bcde0fefcbc8513a55b640ded325c94b3c799069ace80','388500cc027fef8f8343c7ae61229d5ed7ea70cbafef8ffa27aaa0250d683155');
INSERT INTO "chain" VALUES(13,'2026-11-26T04:12:07.000000Z','reading','scota','33e4d99f31437980952a769097c694a9f4bc8822a367dd9aaf16e6fe36b95f33','6cc25f039ea273f0e89a336645df93caf28fecae60872c50cdcec64d6765a2dd');
INSERT INTO "chain" VALUES(14,'2026-11-26T04:12:07.000000Z','verdict','scota','4da839ac9ab1805c727f588be4dc615fdcdeb4bc809405dfd7ade50c633aba63','dcf5d18f925498c35f38fb84c9328fbd77734f1f4071232cfad3aebb8a4eeadb');
INSERT INTO "chain" VALUES(15,'2026-11-26T04:12:07.000000Z','reading','','c32b8440cbe8b41c31ac0864e5541bba42b9e7a9e8412393cc7b1e39fc1905b4','f2ab7c5a2f59c5ec9efbf75c329119d7096f5dab65c80d6c69eeb3d24aa3ef6b');
INSERT INTO "chain" VALUES(16,'2026-11-26T04:12:07.000000Z','day','scota','94c719299b8e9963a5521a2cdb01ddee862be233a16f8630ba8262d990fbc8a7','8d4301e8e151df684c83ce29a268a322bab160a7b9b4b10aec02edd147cdcae1');
INSERT INTO "chain" VALUES(17,'2026-11-26T04:12:07.000000Z','entry','scota','31dbbd68fb4908b40898091c811e0bf4a4f693151a040026951ce8905a94c34a','4668cd4a89c0f091bf98566d8c634c4c6da22b7baf726972adfdfbc777ef1b45');
INSERT INTO "chain" VALUES(18,'2026-11-26T04:12:07.000000Z','head','','465b3e4923d0bdc98f1ab0d3bd1020dc3a7b4bc49a6dc20af413c3a7b881d79a','3be3717722b918b48fc13c3324478397dde2488cfb7181bc0038478a045b2d57');
INSERT INTO "chain" VALUES(19,'2028-01-03T04:12:07.000000Z','day','scota','30de641ef0a51a685d542ef7547c6155564953ab9e1a28eda5b0465ee7a26629','75cd69ed5e66bed2e9913a024a96d4e56b4ee843ed18613731b5f583da7a730e');
INSERT INTO "chain" VALUES(20,'2028-01-05T04:12:07.000000Z','reading','scota','60b79bf5a606e4ab8a6a0284fa659bac01c69db0853b2d52ed30e6341794d65e','1c916503253a90138b6f7dbc9333ec819b37072a76ac467d2a02600a63ec7b94');
INSERT INTO "chain" VALUES(21,'2028-01-05T04:12:07.000000Z','erasure','','f733a1d9393ec9c995643259386512cfb1bf01e5b5f23250d5b6b1984ef0a901','6281aa4d42c14e240c0a17102bd72ea0ac783223f2b75a6277f66fb226d0fcaa');
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
INSERT INTO "head" VALUES(1,12,'2026-11-24',1,6,'0000000000000000000000000000000000000000000000000000000000000000','c1614c568970bca054ae1c00ccd90f1a952c5966cda1fc6e6141633426983c4d','hpF35QSXZ1l89KFVyyy7qTmKmHC7kHX+Y5VkPDrnP6orjcQhferTKGnFVgXu+zqdhKTHaIyCNxMKUtZIwVSCDw==','SHA256:YdlJtJ+iLyVhhbvSXspSDynz5547lXs5/rg/Lvs3h30');
INSERT INTO "head" VALUES(2,18,'2026-11-25',7,12,'c1614c568970bca054ae1c00ccd90f1a952c5966cda1fc6e6141633426983c4d','6e46a996e285a994658075d455deadb0e8c9a040b2a3e83c63f436268fed1fd6','L+orPB8mGj/DmwTw8yMeh32r647JCKAttPw+PauH0RUgcPvpyDx0k13ouUpKN6weTmXdpCvmzjHMh3tvVmDeDg==','SHA256:YdlJtJ+iLyVhhbvSXspSDynz5547lXs5/rg/Lvs3h30');
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
INSERT INTO "payload" VALUES(1,'{"declared":[["backup-rpo","files","scota",null,null]],"digest":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","number":1,"of":1,"salt":"94f09c362a45e134927b3988f206e350","targets":[{"alert_after":null,"attainment":[1,1],"evidence_age":21600000000,"id":"backup-rpo","limit":86400.0,"run_allowance":0,"severity":null,"unit":"seconds"}]}');
INSERT INTO "payload" VALUES(3,'{"salt":"088a365d4e622f747e416b4ae741e98b","stretch":{"covers_from":"2026-11-24T04:12:07.000000Z","stands_until":"2026-11-24T10:12:07.000000Z","starts":[["2026-11-24T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-24T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-24T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-24T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(5,'{"day_row":{"day":"2026-11-23","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"e8cff73e97acea4b0275223fe73ea272"}');
INSERT INTO "payload" VALUES(6,'{"id":"incident-1","received_at":"2026-11-24T04:12:07.000000Z","register":"incident","revision":1,"salt":"dfcdd4c3be1b0428b907ee2a9148fd05","values":{"title":"number 0"}}');
INSERT INTO "payload" VALUES(8,'{"salt":"ca457ca0dd80d898be279c9b1c9e67ef","stretch":{"covers_from":"2026-11-25T04:12:07.000000Z","stands_until":"2026-11-25T10:12:07.000000Z","starts":[["2026-11-25T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-25T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-25T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-25T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(10,'{"day_row":{"day":"2026-11-24","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"85e4b4d49016f1ad0e1184cb26b63185"}');
INSERT INTO "payload" VALUES(11,'{"id":"incident-2","received_at":"2026-11-25T04:12:07.000000Z","register":"incident","revision":1,"salt":"52003e022e0216a16c955143ae72cc4f","values":{"title":"number 1"}}');
INSERT INTO "payload" VALUES(12,'{"day":"2026-11-24","fingerprint":"SHA256:YdlJtJ+iLyVhhbvSXspSDynz5547lXs5/rg/Lvs3h30","first":1,"head":"c1614c568970bca054ae1c00ccd90f1a952c5966cda1fc6e6141633426983c4d","last":6,"number":1,"previous":"0000000000000000000000000000000000000000000000000000000000000000","salt":"9d613b4568e05fc33ec77bba2fde76ad","signature":"hpF35QSXZ1l89KFVyyy7qTmKmHC7kHX+Y5VkPDrnP6orjcQhferTKGnFVgXu+zqdhKTHaIyCNxMKUtZIwVSCDw=="}');
INSERT INTO "payload" VALUES(14,'{"salt":"5060189fa806964301cc0b0fa691238a","stretch":{"covers_from":"2026-11-26T04:12:07.000000Z","stands_until":"2026-11-26T10:12:07.000000Z","starts":[["2026-11-26T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-26T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-26T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-26T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(16,'{"day_row":{"day":"2026-11-25","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"dcadbb75695855359d1b663a1720b37c"}');
INSERT INTO "payload" VALUES(17,'{"id":"incident-3","received_at":"2026-11-26T04:12:07.000000Z","register":"incident","revision":1,"salt":"2ce48323f48d7fa8c8a0e5ac83ac9e29","values":{"title":"number 2"}}');
INSERT INTO "payload" VALUES(18,'{"day":"2026-11-25","fingerprint":"SHA256:YdlJtJ+iLyVhhbvSXspSDynz5547lXs5/rg/Lvs3h30","first":7,"head":"6e46a996e285a994658075d455deadb0e8c9a040b2a3e83c63f436268fed1fd6","last":12,"number":2,"previous":"c1614c568970bca054ae1c00ccd90f1a952c5966cda1fc6e6141633426983c4d","salt":"e0a68bddbbf9bd5f4332630dadcdaed5","signature":"L+orPB8mGj/DmwTw8yMeh32r647JCKAttPw+PauH0RUgcPvpyDx0k13ouUpKN6weTmXdpCvmzjHMh3tvVmDeDg=="}');
INSERT INTO "payload" VALUES(19,'{"day_row":{"day":"2028-01-03","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"ee798fada78fc5131be589b2e7a44f9e"}');
INSERT INTO "payload" VALUES(20,'{"facts_sha256":"7ffd6688a6847a9e2ad4e69c0ccf8ff180aea78f40fdb7e19dd72fd0466c3f14","look":{"begun":"2028-01-05T04:12:06.000000Z","collector":"restic_snapshots","ended":"2028-01-05T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"},"salt":"e50c17dc54bf8bb7c95d95afc21b9e97","whole":[{"as_of":"2024-01-01T01:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000001,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000001","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T01:00:00.000000Z","tree":"0000000000000000000000000000000000000000000000000000000000000007"}}}]}');
INSERT INTO "payload" VALUES(21,'{"erased":[[2,2],[4,4],[7,7],[9,9],[13,13],[15,15]],"keep":34560000000000,"numbers":{},"rule":"keep_readings","salt":"0520369d06a4fee63f7e6d53f15044e3"}');
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
INSERT INTO "schema_version" VALUES(2);
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
INSERT INTO "tip" VALUES(1,21,'2028-01-05T04:12:07.000000Z','6281aa4d42c14e240c0a17102bd72ea0ac783223f2b75a6277f66fb226d0fcaa');
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
