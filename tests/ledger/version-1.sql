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
INSERT INTO "chain" VALUES(1,'2026-11-14T04:12:07.000000Z','load','scota','5b80b30d6c7ce0f97020328dc160a0563311658169507adf5f9844b59107b30f','b56766b918756e73c55335a1cc9aed7a814c053b398859d7a9fd084ee679f36a');
INSERT INTO "chain" VALUES(2,'2026-11-14T04:12:07.000000Z','reading','scota','56f4bd7d67f7195aa6652a7e838d0e2c2fec1a95a893209fab819ff18a2faa81','289a532315f3800fb331c66b107e46436a25ccc3b7ccff9b1fd6cf7bd13c0809');
INSERT INTO "chain" VALUES(3,'2026-11-14T04:12:07.000000Z','verdict','scota','5beb79744bddecf67ee849798b017b7f844e11fd59a571a041ebc8d9a4dd9cd0','46e9eb3e6e6ea0ed8c6185d99ad3b5e5e101934d347b06bd92bf746b38698556');
INSERT INTO "chain" VALUES(4,'2026-11-14T04:12:07.000000Z','reading','','a6e30a86e1b91caa95b944467ef5de91579e533bc55dba2508e5928504332193','6e8f8e086fe8f02e9eb86f359cd88a73a8741619e93b59eb221c11adf324997b');
INSERT INTO "chain" VALUES(5,'2026-11-14T04:12:07.000000Z','day','scota','29fc36bf4ea48370b96fd31e848dc7ccc1044ef65bc033b05959f22022ac1461','6393ab5390818ac5f772290a086f5b5798fa61e04251354d55538079929d1ba6');
INSERT INTO "chain" VALUES(6,'2026-11-14T04:12:07.000000Z','entry','scota','7c31a6c60f0a7e88cdccb905ce5eec07316771bdc81d1c148352810a4526160a','39953a5298851d0d2b524eb296a3759e66ec70d16e259dc62b9a1760b5626460');
INSERT INTO "chain" VALUES(7,'2026-11-15T04:12:07.000000Z','reading','scota','0a2ecc33b85bb181c82f277ab60f871d73ef08fbcf7f67fed06e24b7b56e285f','b817ae9c58192b06d8a4f395f195ee6942a2b726e61c189bb360c31340803aa2');
INSERT INTO "chain" VALUES(8,'2026-11-15T04:12:07.000000Z','verdict','scota','f9b02a507c6ba8a11bd857f9ed50162f9553b89ada95ba32b52c09141311518e','d110b8702cb6d138c57404d5101a4446007d4d7c3c91340ed090a858feefd0ce');
INSERT INTO "chain" VALUES(9,'2026-11-15T04:12:07.000000Z','reading','','f0927c60c12244b7f81cd828f6f3328158b461f8aaac20741dbfc5e9273330e9','87ca699aedacda6167a76705c339803999e68811b675f6a83ca206aff0a16392');
INSERT INTO "chain" VALUES(10,'2026-11-15T04:12:07.000000Z','day','scota','c9f81d5247ca155c42b33c3beddd287af03ebf9eaf53b60806e8de56a20b17a4','61ff29c554939363cc0f985ea546cda5dc90417f8ce87464dacd0105e710786d');
INSERT INTO "chain" VALUES(11,'2026-11-15T04:12:07.000000Z','entry','scota','9710a10ecaa61343c14e71e3a2987a553962e0147bf6714f99a85d9cfb04c3c4','fe3faa78f82634e5aa5726565a2f97ffd08b42f68d905c4ce7169d1a65d3f283');
INSERT INTO "chain" VALUES(12,'2026-11-15T04:12:07.000000Z','head','','5973d2ef02df90f03c7861ece90b6be1ad4efac9f1cb2adc195c5a5268c83f8a','d126433ba97ff89adf1095c5ab2f787f18204225ce1f23a7e9206c5fafbc19db');
INSERT INTO "chain" VALUES(13,'2026-11-16T04:12:07.000000Z','reading','scota','557795cc3f9e81a869cd72c755aae415a1b6a1ccbdb8cf206b5214d39a15d7d7','f1c35fd5141d36c2cc45683df574d1c157380bb37b86651b7cac9ba39ee3cc4f');
INSERT INTO "chain" VALUES(14,'2026-11-16T04:12:07.000000Z','verdict','scota','e8a9297d4cad935920151a24461459f41488db2ec855ae8e6822e661d208ae74','e9c4905eb2987cd98e433ecbf5c44ae01b13597866b71b273e66157abef1e826');
INSERT INTO "chain" VALUES(15,'2026-11-16T04:12:07.000000Z','reading','','c8937726834f46c8305641219824a7ee50989fa7940ce42f625223f3ee342ee5','9569f9c0eaae80332db7f08515c4a366cc17c7e1fb61313ff790b068b88c3eea');
INSERT INTO "chain" VALUES(16,'2026-11-16T04:12:07.000000Z','day','scota','4e584f10ad142a28b3f85768f6a1fea3fabf57bf088880548c9b60741fb9dc23','bdf0d3f781129f6ae053b98dfaa444df689dcef991d53482883c75b68168c7a9');
INSERT INTO "chain" VALUES(17,'2026-11-16T04:12:07.000000Z','entry','scota','ec1c351cf5c7ff56ce7e3f54d630adacd5721bda779e397a04f249b17e429b93','64ca87571bb175af1941443aad76db7e98fc11558780cfea38c708b1ec1fa728');
INSERT INTO "chain" VALUES(18,'2026-11-16T04:12:07.000000Z','head','','cb33a8c710da55f4c6a493c0bec4448f9b18fabcbe7ae30f7756c0591d284584','5b6613b90459f33a59d245a3031d78a4fbf16a8aa12d374cda81c00e46cd2b7e');
INSERT INTO "chain" VALUES(19,'2027-12-27T04:12:07.000000Z','day','scota','ed5e36a3fd16efad45015bf943f71fe5070c228bd7e1c129029ed7e48a166353','0162fc6fa0b96291c4e266fe44d66cff5d248d1923608a1c3556ddb9d7607d11');
INSERT INTO "chain" VALUES(20,'2027-12-29T04:12:07.000000Z','reading','scota','af2b641490bea46d017c3400209bc45ebab64b441c85b465071667da91e846ae','c622b5a3fb12c6730ee0975791d5be777e13cb4f50c962a71673696765c7d3f0');
INSERT INTO "chain" VALUES(21,'2027-12-29T04:12:07.000000Z','erasure','','8b0b2c6c8addc4dc2d057d743efb1eff48f876e44d88c152355fb00d175230a9','1beff30fdabb9421549ba0a06f2eecbd0e1da36d2a215c8f16f436a4b0d4460f');
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
INSERT INTO "day_row" VALUES('backup-rpo','files','scota','2026-11-13',5,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
INSERT INTO "day_row" VALUES('backup-rpo','files','scota','2026-11-14',10,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
INSERT INTO "day_row" VALUES('backup-rpo','files','scota','2026-11-15',16,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
INSERT INTO "day_row" VALUES('backup-rpo','files','scota','2027-12-26',19,'met','met','within-limit',0,'2026-11-24T04:12:07.000000Z');
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
INSERT INTO "first_seen" VALUES('backup-rpo','files','scota','2026-11-14T04:12:07.000000Z');
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
INSERT INTO "head" VALUES(1,12,'2026-11-14',1,6,'0000000000000000000000000000000000000000000000000000000000000000','8982efea25641514ad85b4bd4321f8e6d5f8f1f0c0e06f02f5d096a2e1f0fa6c','NnyHdjZa/rnA4BgTPRRWXgnah89seh/8SlBdxy2PWtdA5kGb4soNF1HSw0269hXmFWNVmjM70EZySWK/H8F/BQ==','SHA256:XtxRZuIJOb0lt5S8Jvmmzu1sXbLN9hBm1CHNtbytk3o');
INSERT INTO "head" VALUES(2,18,'2026-11-15',7,12,'8982efea25641514ad85b4bd4321f8e6d5f8f1f0c0e06f02f5d096a2e1f0fa6c','e540b4162a9661eb7f75b25f1682496c4e1ef3242f9e47ed102579a90e9c948a','urQzvS+ar2A/S5gQyGmTh5gKxEEIeZIIXjHF5qCYvieNy4QQLof8792xz3lvT+QB2ysxxuAYANPHWinLRR96CA==','SHA256:XtxRZuIJOb0lt5S8Jvmmzu1sXbLN9hBm1CHNtbytk3o');
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
INSERT INTO "latest_observation" VALUES('restic_snapshots','files/offsite',20,20,'2027-12-29T04:12:07.000000Z','ce687c1a34053ed47f7d6c56d7bafa8b87511d221124a511df14f3f2968ddd1f','{}','{"begun":"2027-12-29T04:12:06.000000Z","collector":"restic_snapshots","ended":"2027-12-29T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"}');
CREATE TABLE latest_reading (
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	look TEXT NOT NULL, 
	PRIMARY KEY (collector, subject)
);
INSERT INTO "latest_reading" VALUES('restic_snapshots','files/offsite',20,'{"begun":"2027-12-29T04:12:06.000000Z","collector":"restic_snapshots","ended":"2027-12-29T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"}');
CREATE TABLE line (
	target TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	stands_until TEXT, 
	PRIMARY KEY (target, subject, beneficiary)
);
INSERT INTO "line" VALUES('backup-rpo','files','scota','2026-11-16T10:12:07.000000Z');
CREATE TABLE line_start (
	target TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	at TEXT NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (target, subject, beneficiary, at)
);
INSERT INTO "line_start" VALUES('backup-rpo','files','scota','2026-11-14T04:12:07.000000Z','met','within-limit');
CREATE TABLE load_row (
	sequence BIGINT NOT NULL, 
	number BIGINT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "load_row" VALUES(1,1);
CREATE TABLE observed_facts (
	collector TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	lines TEXT NOT NULL, 
	PRIMARY KEY (collector, subject)
);
INSERT INTO "observed_facts" VALUES('restic_snapshots','files/offsite','{"as_of":"2024-01-01T00:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000000,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000000","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T00:00:00.000000Z","tree":"0000000000000000000000000000000000000000000000000000000000000000"}}}
{"as_of":"2024-01-01T01:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000001,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000001","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T01:00:00.000000Z","tree":"0000000000000000000000000000000000000000000000000000000000000007"}}}
{"as_of":"2024-01-01T02:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000002,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000002","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T02:00:00.000000Z","tree":"000000000000000000000000000000000000000000000000000000000000000e"}}}
{"as_of":"2024-01-01T03:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000003,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000003","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T03:00:00.000000Z","tree":"0000000000000000000000000000000000000000000000000000000000000015"}}}');
CREATE TABLE payload (
	sequence BIGINT NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "payload" VALUES(1,'{"declared":[["backup-rpo","files","scota",null,null]],"digest":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","number":1,"of":1,"salt":"9c9b6fe1eea5f34b178cb6c78b690388","targets":[{"alert_after":null,"attainment":[1,1],"evidence_age":21600000000,"id":"backup-rpo","limit":86400.0,"run_allowance":0,"severity":null,"unit":"seconds"}]}');
INSERT INTO "payload" VALUES(3,'{"salt":"6b3afd2b2063405b6c1d84d0d13e6ca0","stretch":{"covers_from":"2026-11-14T04:12:07.000000Z","stands_until":"2026-11-14T10:12:07.000000Z","starts":[["2026-11-14T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-14T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-14T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-14T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(5,'{"day_row":{"day":"2026-11-13","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"4012cc627e34d2f2bbddaf01eff0df80"}');
INSERT INTO "payload" VALUES(6,'{"id":"incident-1","received_at":"2026-11-14T04:12:07.000000Z","register":"incident","revision":1,"salt":"7ea969a1e018c92d60d762b9585bf418","values":{"title":"number 0"}}');
INSERT INTO "payload" VALUES(8,'{"salt":"f86032629ce86c311b111e93774788ee","stretch":{"covers_from":"2026-11-15T04:12:07.000000Z","stands_until":"2026-11-15T10:12:07.000000Z","starts":[["2026-11-15T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-15T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-15T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-15T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(10,'{"day_row":{"day":"2026-11-14","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"e8718225541366b6a354123e2f86e7dc"}');
INSERT INTO "payload" VALUES(11,'{"id":"incident-2","received_at":"2026-11-15T04:12:07.000000Z","register":"incident","revision":1,"salt":"93f9f48f19daa0004e92d51e24d68356","values":{"title":"number 1"}}');
INSERT INTO "payload" VALUES(12,'{"day":"2026-11-14","fingerprint":"SHA256:XtxRZuIJOb0lt5S8Jvmmzu1sXbLN9hBm1CHNtbytk3o","first":1,"head":"8982efea25641514ad85b4bd4321f8e6d5f8f1f0c0e06f02f5d096a2e1f0fa6c","last":6,"number":1,"previous":"0000000000000000000000000000000000000000000000000000000000000000","salt":"6122bcdca754def9871da111e0a1c4cc","signature":"NnyHdjZa/rnA4BgTPRRWXgnah89seh/8SlBdxy2PWtdA5kGb4soNF1HSw0269hXmFWNVmjM70EZySWK/H8F/BQ=="}');
INSERT INTO "payload" VALUES(14,'{"salt":"ddde1722ada53597033db37887e54e35","stretch":{"covers_from":"2026-11-16T04:12:07.000000Z","stands_until":"2026-11-16T10:12:07.000000Z","starts":[["2026-11-16T04:12:07.000000Z","met","within-limit"]]},"verdict":{"about":{},"acceptance":null,"at":"2026-11-16T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-16T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-16T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}}');
INSERT INTO "payload" VALUES(16,'{"day_row":{"day":"2026-11-15","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"84714e09b16d046bba010e5a5bf56583"}');
INSERT INTO "payload" VALUES(17,'{"id":"incident-3","received_at":"2026-11-16T04:12:07.000000Z","register":"incident","revision":1,"salt":"f7ee7cafc906ab34f0893bd551617275","values":{"title":"number 2"}}');
INSERT INTO "payload" VALUES(18,'{"day":"2026-11-15","fingerprint":"SHA256:XtxRZuIJOb0lt5S8Jvmmzu1sXbLN9hBm1CHNtbytk3o","first":7,"head":"e540b4162a9661eb7f75b25f1682496c4e1ef3242f9e47ed102579a90e9c948a","last":12,"number":2,"previous":"8982efea25641514ad85b4bd4321f8e6d5f8f1f0c0e06f02f5d096a2e1f0fa6c","salt":"b6d84115af294233e77e50dce69e03b1","signature":"urQzvS+ar2A/S5gQyGmTh5gKxEEIeZIIXjHF5qCYvieNy4QQLof8792xz3lvT+QB2ysxxuAYANPHWinLRR96CA=="}');
INSERT INTO "payload" VALUES(19,'{"day_row":{"day":"2027-12-26","judged_at":"2026-11-24T04:12:07.000000Z","key":["backup-rpo","files","scota"],"late":false,"measured":"met","reason":"within-limit","state":"met"},"salt":"0eac9b92603212480a2a55cfa1a0a94a"}');
INSERT INTO "payload" VALUES(20,'{"facts_sha256":"ce687c1a34053ed47f7d6c56d7bafa8b87511d221124a511df14f3f2968ddd1f","look":{"begun":"2027-12-29T04:12:06.000000Z","collector":"restic_snapshots","ended":"2027-12-29T04:12:07.000000Z","evidence":[{"command":"restic --json --no-lock snapshots","duration":612000,"output_sha256":"5555555555555555555555555555555555555555555555555555555555555555","status":0,"tool_version":"0.18.0"}],"gaps":[],"host":"srv-1","outcome":"observation","subject":"files/offsite"},"salt":"13ca82632f79155e200a295c9b7e9665","whole":[{"as_of":"2024-01-01T00:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000000,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000000","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T00:00:00.000000Z","tree":"0000000000000000000000000000000000000000000000000000000000000000"}}},{"as_of":"2024-01-01T01:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000001,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000001","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T01:00:00.000000Z","tree":"0000000000000000000000000000000000000000000000000000000000000007"}}},{"as_of":"2024-01-01T02:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000002,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000002","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T02:00:00.000000Z","tree":"000000000000000000000000000000000000000000000000000000000000000e"}}},{"as_of":"2024-01-01T03:00:00.000000Z","name":"backup.point","subject":"files/offsite","value":{"point":{"added_bytes":91000000,"bytes":2350000003,"files":20998,"files_changed":40,"files_new":12,"host":"srv-1","id":"0000000000000000000000000000000000000000000000000000000000000003","original":null,"packed_bytes":60000000,"paths":["/srv/scota"],"tags":[],"time":"2024-01-01T03:00:00.000000Z","tree":"0000000000000000000000000000000000000000000000000000000000000015"}}}]}');
INSERT INTO "payload" VALUES(21,'{"erased":[[2,2],[4,4],[7,7],[9,9],[13,13],[15,15]],"keep":34560000000000,"numbers":{},"rule":"keep_readings","salt":"0e285498fdf96ca3bf3cfe97d3da6982"}');
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
INSERT INTO "standing" VALUES('backup-rpo','files','scota',14,'2026-11-16','["met","met","met","within-limit",86400.0,null]','2026-11-16T04:12:07.000000Z','{"about":{},"acceptance":null,"at":"2026-11-16T04:12:07.000000Z","day_state":"met","evidence":[],"key":["backup-rpo","files","scota"],"limit":86400.0,"measured":"met","observed_at":"2026-11-16T04:12:07.000000Z","reason":"within-limit","rest":[],"stands_until":"2026-11-16T10:12:07.000000Z","state":"met","unit":"seconds","value":3600.0}');
CREATE TABLE tip (
	one INTEGER NOT NULL, 
	sequence BIGINT NOT NULL, 
	instant TEXT NOT NULL, 
	link TEXT NOT NULL, 
	PRIMARY KEY (one)
);
INSERT INTO "tip" VALUES(1,21,'2027-12-29T04:12:07.000000Z','1beff30fdabb9421549ba0a06f2eecbd0e1da36d2a215c8f16f436a4b0d4460f');
CREATE TABLE verdict_row (
	sequence BIGINT NOT NULL, 
	target TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	beneficiary TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "verdict_row" VALUES(3,'backup-rpo','files','scota','2026-11-14T04:12:07.000000Z');
INSERT INTO "verdict_row" VALUES(8,'backup-rpo','files','scota','2026-11-15T04:12:07.000000Z');
INSERT INTO "verdict_row" VALUES(14,'backup-rpo','files','scota','2026-11-16T04:12:07.000000Z');
CREATE INDEX reading_row_by_subject ON reading_row (collector, subject, sequence);
CREATE INDEX verdict_row_by_key ON verdict_row (target, subject, beneficiary, at);
CREATE INDEX verdict_row_by_instant ON verdict_row (at);
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
