package io.prontuario.ha.engine;

import static io.prontuario.ha.testing.Records.COPY_1;
import static io.prontuario.ha.testing.Records.STUDIO_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import io.prontuario.ha.http.HttpSurface;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WordOfMouthTest {
    private final List<HttpServer> agents = new ArrayList<>();
    private final WordOfMouth word = new WordOfMouth(Ticker.system(), () -> {});

    @AfterEach
    void end() {
        word.rest();
        agents.forEach(agent -> agent.stop(0));
    }

    /** An agent that says this of its server, a moment after it was asked; answers where it listens. */
    private String agentSaying(ServerCondition condition) throws IOException {
        HttpServer agent = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        agent.createContext("/word", exchange -> {
            exchange.getResponseHeaders().set(HttpSurface.WORD, new ServerWord(condition, COPY_1).toString());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        agent.start();
        agents.add(agent);
        return "127.0.0.1:" + agent.getAddress().getPort();
    }

    private void awaitHeard(ServerCondition condition) {
        Awaitility.await().untilAsserted(() -> assertEquals(Optional.of(condition), word.of(STUDIO_1, COPY_1)));
    }

    @Test
    void hearsAnAgentThatIsBackElsewhere() throws IOException {
        word.listen(STUDIO_1, agentSaying(ServerCondition.RUNNING));
        awaitHeard(ServerCondition.RUNNING);

        word.listen(STUDIO_1, agentSaying(ServerCondition.DOWN));

        awaitHeard(ServerCondition.DOWN);
    }
}
