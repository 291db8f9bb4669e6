package io.prontuario.ha.examples.cli;

import io.prontuario.ha.model.Emergency;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** What commands about an emergency have in common: who asks is written with it. */
abstract class EmergencyCommand extends StoreCommand {
    @Option(
            names = "--by",
            defaultValue = "${sys:user.name}",
            description = "The name of whoever asks for it. Default the account: ${DEFAULT-VALUE}.")
    String by = "";

    final void tell(Emergency emergency, PrintWriter out) {
        out.println(json ? GSON.toJson(asMap(emergency)) : emergency.summary());
    }

    static Map<String, Object> asMap(Emergency emergency) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", emergency.id());
        map.put("kind", emergency.kind().name());
        map.put("phase", emergency.phase().name());
        map.put("epoch", emergency.epoch());
        map.put("by", emergency.by());
        map.put("declaredWithoutStore", emergency.declared());
        map.put("since", emergency.since().toString());
        map.put("reason", emergency.reason());
        return map;
    }
}
