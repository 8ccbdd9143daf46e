// Two big buttons to move through what is longer than its room: below it when upright, beside it when lying.
import QtQuick

Item {
    id: turner

    property bool earlierEnabled: false
    property bool laterEnabled: false
    signal earlierTouched
    signal laterTouched

    TouchButton {
        objectName: turner.objectName + "-earlier"
        height: Theme.portrait ? parent.height : (turner.height - Theme.px(16)) / 2
        width: Theme.portrait ? (turner.width - Theme.gap) / 2 : turner.width
        iconName: "keyboard_arrow_up"
        text: Theme.portrait ? qsTr("向上看") : ""
        Accessible.name: qsTr("向上看")
        enabled: turner.earlierEnabled
        onClicked: turner.earlierTouched()
    }
    TouchButton {
        objectName: turner.objectName + "-later"
        x: turner.width - width
        y: turner.height - height
        height: Theme.portrait ? parent.height : (turner.height - Theme.px(16)) / 2
        width: Theme.portrait ? (turner.width - Theme.gap) / 2 : turner.width
        iconName: "keyboard_arrow_down"
        text: Theme.portrait ? qsTr("下面还有") : ""
        Accessible.name: qsTr("下面还有")
        enabled: turner.laterEnabled
        onClicked: turner.laterTouched()
    }
}
