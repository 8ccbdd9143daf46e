// The kiosk's one window: header, the screen of the visit's step, the access bar, and what may lie over all of it.
pragma ComponentBehavior: Bound

import QtQuick
import Controls
import KioskUi

Window {
    id: window

    required property DisplayModel display
    required property VisitModel visit
    required property HomeModel home
    required property GuideModel guide
    required property IdentifyModel identify
    required property FormModel form
    required property KeyboardModel keyboard
    required property MaterialsModel materials
    required property ReviewModel review
    required property OutcomeModel outcome
    required property StaffDoor door
    readonly property bool staffOpen: door.open
    // Who is in the middle of something may finish it.
    readonly property bool closed: home.closed && visit.screen === "attract"
    // Both are the step `zone`: the search is opened from a zone too, and the step stays what it is.
    readonly property bool searching: home.searching
    property bool helpOpen: false
    // So long a page must have stood there before a touch can be meant for it; 0 for a hand that looks first.
    property int seenAfterMs: 250

    color: Theme.page
    title: display.hallName

    Binding { target: Theme; property: "width"; value: window.width; when: window.width > 0 }
    Binding { target: Theme; property: "height"; value: window.height; when: window.height > 0 }
    Binding { target: Theme; property: "large"; value: window.display.largeText }
    Binding { target: Theme; property: "highContrast"; value: window.display.highContrast }

    function showScreen() {
        if (staffOpen)
            return loader.setSource("../Staff/StaffScreen.qml", door.behind());
        switch (window.visit.screen) {
        case "attract":
            return closed ? loader.setSource("ClosedScreen.qml", { display: display }) : loader.setSource("HomeScreen.qml", { visit: visit, home: home, display: display });
        case "zone":
            return loader.setSource(home.searching ? "SearchScreen.qml" : "ZoneScreen.qml", { visit: visit, home: home });
        case "guide":
            return loader.setSource("GuideScreen.qml", { visit: visit, guide: guide });
        case "consent":
            return loader.setSource("ConsentScreen.qml", { visit: visit, guide: guide });
        case "identify":
            return loader.setSource("IdentifyScreen.qml", { visit: visit, identify: identify });
        case "form":
            return loader.setSource("FormScreen.qml", { visit: visit, form: form, keyboard: keyboard });
        case "materials":
            return loader.setSource("MaterialsScreen.qml", { visit: visit, materials: materials });
        case "review":
            return loader.setSource("ReviewScreen.qml", { visit: visit, review: review });
        case "submit":
            return loader.setSource("SubmitScreen.qml", { visit: visit, outcome: outcome });
        case "outcome":
            return loader.setSource("OutcomeScreen.qml", { visit: visit, outcome: outcome });
        case "receipt":
            return loader.setSource("ReceiptScreen.qml", { visit: visit, outcome: outcome });
        case "rating":
            return loader.setSource("RatingScreen.qml", { visit: visit, outcome: outcome });
        default:
            return loader.setSource("FarewellScreen.qml", { visit: visit, outcome: outcome });
        }
    }

    // What lies under the finger is another thing now.
    function turned() {
        seen.stop();
        unseen.visible = true;
        update();
    }

    Component.onCompleted: showScreen()
    onHelpOpenChanged: turned()
    onSearchingChanged: {
        const shown = loader.source.toString();
        if (visit.screen === "zone" && !staffOpen && !shown.endsWith(home.searching ? "SearchScreen.qml" : "ZoneScreen.qml"))
            showScreen();
    }
    onClosedChanged: {
        if (visit.screen === "attract")
            showScreen();
    }
    onStaffOpenChanged: {
        helpOpen = false;
        showScreen();
    }

    Connections {
        target: window.visit
        function onScreenChanged() {
            window.helpOpen = false;
            window.showScreen();
        }
        function onPageTurned() {
            window.turned();
        }
        function onLeaveAskedChanged() {
            window.turned();
        }
        function onMishapChanged() {
            window.turned();
        }
    }
    Connections {
        target: window.door
        function onPageTurned() {
            window.turned();
        }
    }
    Header {
        id: header
        anchors.top: parent.top
        width: parent.width
        display: window.display
        holdable: window.door.there && !window.staffOpen && window.visit.screen === "attract"
        onEmblemHeld: window.door.knock()
    }
    PracticeBanner {
        id: practice
        objectName: "practice-banner"
        visible: window.display.practice
        anchors.top: header.bottom
        width: parent.width
        height: visible ? implicitHeight : 0
    }
    AccessBar {
        id: access
        y: Theme.portrait ? parent.height - implicitHeight : practice.y + practice.height
        width: Theme.portrait ? parent.width : implicitWidth
        height: Theme.portrait ? implicitHeight : parent.height - y
        display: window.display
        onHelpTouched: window.helpOpen = true
    }
    ProgressSteps {
        id: steps
        visible: window.visit.progress >= 0
        anchors.top: practice.bottom
        x: Theme.portrait ? 0 : access.width
        width: parent.width - x
        height: visible ? implicitHeight : 0
        reached: window.visit.progress
    }
    Loader {
        id: loader
        objectName: "screen"
        x: steps.x
        y: steps.y + steps.height
        width: steps.width
        height: (Theme.portrait ? access.y : parent.height) - y
    }
    Loader {
        anchors.fill: parent
        active: window.helpOpen
        sourceComponent: HelpDialog {
            display: window.display
            onClosed: window.helpOpen = false
        }
    }
    Loader {
        anchors.fill: parent
        active: window.visit.leaveAsked
        sourceComponent: LeaveDialog {
            visit: window.visit
        }
    }
    Loader {
        anchors.fill: parent
        active: window.visit.mishap
        sourceComponent: MishapDialog {
            visit: window.visit
        }
    }
    Loader {
        anchors.fill: parent
        active: window.visit.idleWarning
        sourceComponent: CountdownDialog {
            visit: window.visit
        }
    }
    // Takes the touches that were made before the page under them was drawn: of a machine that crawls or stood still they
    // come all at once, and would run through pages that nobody has seen.
    MouseArea {
        id: unseen
        objectName: "unseen"
        anchors.fill: parent
        visible: false
        // Whoever touches again and again is still at the page before.
        onPressed: if (seen.running) seen.restart()

        Timer {
            id: seen
            objectName: "seen"
            interval: window.seenAfterMs
            onTriggered: unseen.visible = false
        }
        Connections {
            target: window
            enabled: unseen.visible && !seen.running
            function onFrameSwapped() {
                seen.start();
            }
        }
    }
    TouchWatch {
        anchors.fill: parent
        onTouched: {
            // The idle warning takes the whole touch: gone at the press, it would let the rest through to what lies under it.
            if (!window.visit.idleWarning)
                window.visit.touched();
            window.door.touched();
        }
    }
}
